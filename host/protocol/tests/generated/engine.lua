
local szse = Proto("szse", "SZSE Binary")

local HEADER, TRAILER = 8, 4

local f_msg_type = ProtoField.uint32("szse.msg_type", "MsgType")
local f_body_length = ProtoField.uint32("szse.body_length", "BodyLength")
local f_checksum = ProtoField.uint32("szse.checksum", "Checksum", base.HEX)
local f_body = ProtoField.bytes("szse.body", "Body of an unknown type")
local f_surplus = ProtoField.bytes("szse.surplus", "Bytes of a later version")
local f_data = ProtoField.bytes("szse.data", "Data")
local f_group = ProtoField.none("szse.group", "Group")
local f_entry = ProtoField.uint32("szse.entry", "Entry")

local e_checksum = ProtoExpert.new("szse.checksum.bad", "The checksum is wrong",
    expert.group.CHECKSUM, expert.severity.ERROR)
local e_length = ProtoExpert.new("szse.body_length.bad", "BodyLength is over the limit",
    expert.group.MALFORMED, expert.severity.ERROR)
local e_short = ProtoExpert.new("szse.body.short", "The body is shorter than its type or its groups need",
    expert.group.MALFORMED, expert.severity.ERROR)
local e_cut = ProtoExpert.new("szse.cut", "The message is cut off",
    expert.group.UNDECODED, expert.severity.WARN)
local e_unknown = ProtoExpert.new("szse.unknown", "Unknown message type",
    expert.group.UNDECODED, expert.severity.NOTE)
szse.experts = { e_checksum, e_length, e_short, e_cut, e_unknown }

local all_fields =
    { f_msg_type, f_body_length, f_checksum, f_body, f_surplus, f_data, f_group, f_entry }
local fields = {}
for name, field in pairs(FIELDS) do
    local abbreviation = "szse." .. field.filter
    local proto
    if field.kind == "text" or field.kind == "gbk" then
        proto = ProtoField.string(abbreviation, name, base.UNICODE or base.NONE, field.doc)
    elseif field.kind == "fixed" then
        proto = ProtoField.double(abbreviation, name, field.doc)
    elseif field.kind == "time" then
        proto = ProtoField.int64(abbreviation, name, base.DEC, nil, nil, field.doc)
    else
        proto = ProtoField[field.kind](abbreviation, name, base.DEC, nil, nil, field.doc)
    end
    fields[name] = proto
    all_fields[#all_fields + 1] = proto
end
szse.fields = all_fields

-- Versions that do not know the encoding show the bytes.
local GBK = ENC_GB18030

local function is_utf8(text)
    local at = 1
    while at <= #text do
        local lead, second = text:byte(at, at + 1)
        local more, low, high = 0, 0x80, 0xbf
        if lead >= 0x80 then
            if lead >= 0xc2 and lead <= 0xdf then
                more = 1
            elseif lead >= 0xe0 and lead <= 0xef then
                more = 2
                low, high = lead == 0xe0 and 0xa0 or 0x80, lead == 0xed and 0x9f or 0xbf
            elseif lead >= 0xf0 and lead <= 0xf4 then
                more = 3
                low, high = lead == 0xf0 and 0x90 or 0x80, lead == 0xf4 and 0x8f or 0xbf
            else
                return false
            end
            if not second or second < low or second > high then
                return false
            end
            for i = at + 2, at + more do
                local byte = text:byte(i)
                if not byte or byte < 0x80 or byte > 0xbf then
                    return false
                end
            end
        end
        at = at + 1 + more
    end
    return true
end

-- Adds a text without its padding. Not by `range:string`: it cuts what the encoding makes longer.
-- `either`: UTF-8 where it is that.
local function add_text(tree, proto, range, encoding, either)
    local bytes = range:raw()
    local kept = bytes:gsub("[ \0]+$", "")
    if not kept:find("[^\32-\126]") then
        return tree:add(proto, range, kept), kept
    end
    if either and is_utf8(kept) then
        encoding = ENC_UTF_8
    end
    if encoding then
        local item, text = tree:add_packet_field(proto, range(0, #kept), encoding)
        item:set_len(#bytes)
        return item, text
    end
    local escaped = kept:gsub("[^\32-\126]", function(byte)
        return ("\\x%02x"):format(byte:byte())
    end)
    return tree:add(proto, range, escaped), escaped
end

-- Exact, whatever the size: a floating-point number would round.
local function decimal(integer, scale)
    local digits = tostring(integer)
    local sign = ""
    if digits:sub(1, 1) == "-" then
        sign, digits = "-", digits:sub(2)
    end
    digits = ("0"):rep(scale + 1 - #digits) .. digits
    return sign .. digits:sub(1, -scale - 1) .. "." .. digits:sub(-scale)
end

local function clock(digits)
    local year, month, day, hour, minute, second, ms =
        digits:match("^(%d%d%d%d)(%d%d)(%d%d)(%d%d)(%d%d)(%d%d)(%d%d%d)$")
    if not year then
        return nil
    end
    return ("%s-%s-%s %s:%s:%s.%s"):format(year, month, day, hour, minute, second, ms)
end

local function meaning(field, text)
    local codes = field.codes and CODES[field.codes]
    if not codes then
        return nil
    end
    return codes[field.first and text:sub(1, 1) or text]
end

-- Adds one field. Returns its value as text and, for an unsigned number, as a number.
local function add_field(tree, name, range, either)
    local field, proto = FIELDS[name], fields[name]
    local item, text, number
    if field.kind == "text" or field.kind == "gbk" then
        item, text = add_text(tree, proto, range, field.kind == "gbk" and GBK, either)
    elseif field.kind == "fixed" then
        local integer = range:int64()
        text = decimal(integer, field.scale)
        item = tree:add(proto, range, integer:tonumber() / 10 ^ field.scale)
        item:set_text(name .. ": " .. text)
    elseif field.kind == "time" then
        text = tostring(range:int64())
        item = tree:add(proto, range)
        local time = clock(text)
        if time then
            item:append_text(" (" .. time .. ")")
        end
    else
        item = tree:add(proto, range)
        if field.kind == "int64" then
            text = tostring(range:int64())
        elseif field.kind == "int32" then
            text = ("%d"):format(range:int())
        else
            number = range:uint()
            text = ("%d"):format(number)
        end
    end
    local words = meaning(field, text)
    if words then
        item:append_text(" (" .. words .. ")")
    end
    return text, number
end

-- Adds the parts from `at` on, as far as the bytes before `stop` go. Returns the place behind them
-- and the first text; no place when they do not go far enough.
local function add_parts(tree, tvb, parts, at, stop)
    local first
    for _, part in ipairs(parts) do
        local number = 0
        for _, row in ipairs(part.fields) do
            local name, length = row[1], row[2]
            if at + length > stop then
                return nil, first
            end
            local text, value = add_field(tree, name, tvb(at, length), row[3])
            first = first or text
            number = value or 0
            at = at + length
        end
        if part.data then
            if number > stop - at then
                return nil, first
            end
            if number > 0 then
                tree:add(f_data, tvb(at, number)):set_text(("%s: %d bytes"):format(part.data, number))
            end
            at = at + number
        elseif part.entry and number > 0 then
            local begin = at
            local group = tree:add(f_group, tvb(at, 0))
            group:set_text(("%s: %d"):format(part.group, number))
            for index = 0, number - 1 do
                if at >= stop then
                    return nil, first
                end
                local entry = group:add(f_entry, tvb(at, 0), index)
                local behind, label = add_parts(entry, tvb, part.entry, at, stop)
                entry:set_text(("%s[%d]: %s"):format(part.group, index, label or ""))
                entry:set_len((behind or stop) - at)
                if not behind then
                    group:set_len(stop - begin)
                    return nil, first
                end
                at = behind
            end
            group:set_len(at - begin)
        end
    end
    return at, first
end

local function sum(tvb, at, length)
    local bytes, total = tvb:raw(at, length), 0
    -- In pieces: the number of results of one call is limited.
    for from = 1, #bytes, 1024 do
        local piece = { bytes:byte(from, math.min(from + 1023, #bytes)) }
        for i = 1, #piece do
            total = total + piece[i]
        end
    end
    return total % 256
end

local function limit(msg_type)
    return msg_type == ANNOUNCEMENT and MAX_ANNOUNCEMENT_BYTES or MAX_BODY_BYTES
end

-- Adds the message at `at`, of which `available` bytes are there. Returns its name.
local function add_message(tvb, tree, at, available)
    local msg_type, body = tvb(at, 4):uint(), tvb(at + 4, 4):uint()
    local message = MESSAGES[msg_type]
    local total = HEADER + body + TRAILER
    local name = message and message.name or "Unknown"
    local item = tree:add(szse, tvb(at, math.min(total, available)))
    item:set_text(("SZSE Binary, %s (%d)"):format(name, msg_type))
    local type_item = item:add(f_msg_type, tvb(at, 4))
    type_item:append_text(" (" .. (message and message.title or "unknown") .. ")")
    item:add(f_body_length, tvb(at + 4, 4))
    local begin = at + HEADER
    local stop = begin + math.min(body, available - HEADER)
    local is_whole = total <= available
    if message then
        local behind = add_parts(item, tvb, message.parts, begin, stop)
        if not behind and is_whole then
            item:add_proto_expert_info(e_short)
        elseif behind and behind < stop then
            item:add(f_surplus, tvb(behind, stop - behind))
        end
    else
        item:add_proto_expert_info(e_unknown)
        if stop > begin then
            item:add(f_body, tvb(begin, stop - begin))
        end
    end
    if is_whole then
        local found, wanted = tvb(at + total - TRAILER, TRAILER), sum(tvb, at, HEADER + body)
        local trailer = item:add(f_checksum, found)
        if found:uint() ~= wanted then
            trailer:append_text((" (should be 0x%08x)"):format(wanted))
            trailer:add_proto_expert_info(e_checksum)
        end
    else
        item:add_proto_expert_info(e_cut)
    end
    return name
end

-- Called as a function from the heuristics too: through `szse.dissector`, Wireshark would count one
-- more layer and refuse to put segments together.
local function dissect(tvb, pinfo, tree)
    local length = tvb:len()
    -- More can be had only for a stream whose segment was captured whole.
    local may_wait = pinfo.can_desegment > 0 and length == tvb:reported_len()
    local at = 0
    pinfo.cols.protocol = "SZSE"
    pinfo.cols.info:clear()
    while at < length do
        local available = length - at
        if available < HEADER then
            if may_wait then
                pinfo.desegment_offset = at
                pinfo.desegment_len = DESEGMENT_ONE_MORE_SEGMENT
            else
                tree:add(szse, tvb(at, available)):add_proto_expert_info(e_cut)
            end
            break
        end
        local msg_type, body = tvb(at, 4):uint(), tvb(at + 4, 4):uint()
        if body > limit(msg_type) then
            local item = tree:add(szse, tvb(at, available))
            item:add(f_msg_type, tvb(at, 4))
            item:add(f_body_length, tvb(at + 4, 4)):add_proto_expert_info(e_length)
            pinfo.cols.info:append("BodyLength over the limit ")
            break
        end
        local total = HEADER + body + TRAILER
        if total > available and may_wait then
            pinfo.desegment_offset = at
            pinfo.desegment_len = total - available
            break
        end
        pinfo.cols.info:append(add_message(tvb, tree, at, available) .. " ")
        at = at + total
    end
    return length
end

function szse.dissector(tvb, pinfo, tree)
    return dissect(tvb, pinfo, tree)
end

-- The protocol has no magic number: a known type, a possible length and, where it can be seen, the
-- right checksum must do. Types below 100000 are too common as bytes to be believed unseen.
local function looks_right(tvb, needs_all)
    local length = tvb:len()
    if length < HEADER + TRAILER then
        return false
    end
    local msg_type, body = tvb(0, 4):uint(), tvb(4, 4):uint()
    local message = MESSAGES[msg_type]
    if not message or body < message.min or body > limit(msg_type) then
        return false
    end
    if HEADER + body + TRAILER > length then
        return not needs_all and msg_type >= 100000
    end
    return tvb(HEADER + body, TRAILER):uint() == sum(tvb, 0, HEADER + body)
end

szse:register_heuristic("tcp", function(tvb, pinfo, tree)
    if not looks_right(tvb, false) then
        return false
    end
    -- Later segments of the conversation may begin inside a message.
    pinfo.conversation = szse
    dissect(tvb, pinfo, tree)
    return true
end)

szse:register_heuristic("udp", function(tvb, pinfo, tree)
    if not looks_right(tvb, true) then
        return false
    end
    dissect(tvb, pinfo, tree)
    return true
end)

DissectorTable.get("tcp.port"):add_for_decode_as(szse)
DissectorTable.get("udp.port"):add_for_decode_as(szse)
