/* Generated from host/protocol by the test `generated`; do not edit.
 *
 * What host and kernels exchange, and the records, as plain structs without padding. The types
 * tg_u8 to tg_i64 come from compat.h. kernels/README.md says what each means.
 *
 *   TG_<LIST>_<NAME>     a number of a list
 *   TG_SHAPES(X)         X(place, MsgType, becomes, least, first, entry, nested, second, later, last)
 *                        for each known type: its place in the table, what it becomes, its least body,
 *                        and in bytes: the fixed fields up to and with the first count; an entry of the
 *                        first group with its own count; an entry of the group within an entry; the
 *                        fixed fields up to and with the second count; an entry of the second group;
 *                        the fixed fields behind. 0 where there is none.
 */
#ifndef TIDEGATE_LAYOUT_H
#define TIDEGATE_LAYOUT_H

/* The kernel ABI: both ends must have the same. */
#define TG_KERNEL_ID_HI 0x23f8521bUL
#define TG_KERNEL_ID_LO 0x9b9438dcUL
#define TG_PARAM_VERSION 1u
#define TG_PARAM_TRIGGER_BYTES 256u
#define TG_PARAM_BLOCK_BYTES 4224u
#define TG_LOAD_CHUNK_BYTES 48u

/* LogOp */
#define TG_LOG_OP_WORD                   0u    /* a word of the IO channel of Line */
#define TG_LOG_OP_RESET                  1u    /* session Cid of Line is reset */
#define TG_LOG_OP_KILL                   2u    /* the kill switch of the hand */
#define TG_LOG_OP_PARAMETERS             3u    /* parameters of a live run; their block comes as load lines */
#define TG_LOG_OP_FAULT                  4u    /* the host found a fault at this place */
#define TG_LOG_OP_STOP                   5u    /* the input of Line ended */
#define TG_LOG_OP_TURN                   6u    /* from here on the other line's items count; only in a replay on channels */
#define TG_LOG_OP_FRAME                  7u    /* 16 bytes of a frame of the host (logon, heartbeat) that leaves on session Cid of TOE1; Offset is the frame's length; only of a live run on channels, to send */

/* ItemKind */
#define TG_ITEM_KIND_BARE                16u   /* a framed message that becomes no record, or faults alone */
#define TG_ITEM_KIND_REPORT              17u   /* a whole, intact report of an order */
#define TG_ITEM_KIND_KILL                18u   /* the kill switch of the hand */
#define TG_ITEM_KIND_PARAMETERS          19u   /* parameters of a live run */
#define TG_ITEM_KIND_TURN                20u   /* the other line's items count from here on */
#define TG_ITEM_KIND_STOPPED             21u   /* the line is drained */

/* ItemMark */
#define TG_ITEM_MARK_BEGINS              1u    /* the first item of a framed message */
#define TG_ITEM_MARK_ENDS                2u    /* the last item of a framed message: its number is used up */
#define TG_ITEM_MARK_LINK                4u    /* the fault is one of the line: it has no message */

/* EventKind */
#define TG_EVENT_KIND_DECISION           32u   /* Body is a decision */
#define TG_EVENT_KIND_REQUEST            33u   /* Body is the frame of an order or a cancel request that leaves */
#define TG_EVENT_KIND_FAULT              34u   /* a fault alone, FaultA, that belongs to no item: session none, offset 0, length 0, of message Msg */

/* EventMark */
#define TG_EVENT_MARK_RECORD             1u    /* a record */
#define TG_EVENT_MARK_REPORT             2u    /* a report and what was made of it */
#define TG_EVENT_MARK_INDEX              4u    /* an index point */
#define TG_EVENT_MARK_ENDS               8u    /* the message ends here */
#define TG_EVENT_MARK_LINK               16u   /* FaultA is one of the line: no message, but a line */
#define TG_EVENT_MARK_FRAMED             32u   /* faults of the item belong to message Msg; without it they have none */

/* LoadTable */
#define TG_LOAD_TABLE_SETUP              0u    /* words: rows, hash shift, multiplier 0, multiplier 1, constituents (0: no index), index source (0 trade, 1 snapshot), most requests */
#define TG_LOAD_TABLE_SLOT               1u    /* a slot of the hash, Index of both halves one behind the other: key, row (all ones: empty) */
#define TG_LOAD_TABLE_ROW                2u    /* a row of the quote table: SecurityID, previous close in 1e-4 CNY */
#define TG_LOAD_TABLE_CONSTITUENT        3u    /* shares, price in 1e-4 CNY */
#define TG_LOAD_TABLE_INDEX              4u    /* sum, constant, shift, SecurityID of the published index */
#define TG_LOAD_TABLE_IDS                5u    /* prefix of ClOrdIDs (bytes 0 to 7, then 8 and 9), its length, first number, session of TOE1 that orders leave on */
#define TG_LOAD_TABLE_ORDER              6u    /* 48 bytes of the prepared 100101 frame, at 48 x Index */
#define TG_LOAD_TABLE_CANCEL             7u    /* 48 bytes of the prepared 190007 frame, at 48 x Index */
#define TG_LOAD_TABLE_BLOCK              8u    /* 48 bytes of a parameter block, at 48 x Index; the last one completes it */
#define TG_LOAD_TABLE_SHARES_SUM         9u    /* place, shares: first pass, the new sum is added up */
#define TG_LOAD_TABLE_SHARES_SET         10u   /* place, shares: second pass, taken if the sum was sound */
#define TG_LOAD_TABLE_PUBLISH            11u   /* run of the publisher, messages of a batch, session of TOE0 that datagrams leave on */
#define TG_LOAD_TABLE_READY              12u   /* the setup is whole */

/* Becomes */
#define TG_BECOMES_UNKNOWN               0u    /* nothing: an unknown type, counted */
#define TG_BECOMES_ORDER                 1u    /* one record of an order */
#define TG_BECOMES_TRADE                 2u    /* one record of a trade or a cancel */
#define TG_BECOMES_SNAPSHOT              3u    /* a head, entries, queues and an end */
#define TG_BECOMES_KNOWN                 4u    /* no record; its length and groups are checked */
#define TG_BECOMES_ANNOUNCEMENT          5u    /* no record; only its least length is checked */
#define TG_BECOMES_REPORT                6u    /* a report of an order; its length is checked */

/* Checksum */
#define TG_CHECKSUM_DROP                 0u    /* counted, not released */
#define TG_CHECKSUM_FLAG                 1u    /* released, marked */
#define TG_CHECKSUM_DISCONNECT           2u    /* the session is dead until it is reset */

/* Resume */
#define TG_RESUME_NEW                    0u    /* a new stream */
#define TG_RESUME_AT                     1u    /* the same stream goes on at an offset */
#define TG_RESUME_LOST                   2u    /* it goes on at an offset, and what lies between is lost */

/* Condition */
#define TG_CONDITION_NONE                0u    /* no condition */
#define TG_CONDITION_INDEX_AT_LEAST      1u    /* index_at_least */
#define TG_CONDITION_INDEX_AT_MOST       2u    /* index_at_most */
#define TG_CONDITION_INDEX_CROSSES       3u    /* index_crosses */
#define TG_CONDITION_INDEX_CHANGE        4u    /* index_change */
#define TG_CONDITION_PRICE_AT_LEAST      5u    /* price, at_least */
#define TG_CONDITION_PRICE_AT_MOST       6u    /* price, at_most */
#define TG_CONDITION_MAX_SENDS           7u    /* max_sends */
#define TG_CONDITION_MAX_OUTSTANDING     8u    /* max_outstanding */

/* Limit */
#define TG_LIMIT_NONE                    0u    /* nothing */
#define TG_LIMIT_KILL_SWITCH             1u    /* the kill switch */
#define TG_LIMIT_GUARD                   2u    /* the guard */
#define TG_LIMIT_NO_PRICE                3u    /* there is no price to start from */
#define TG_LIMIT_PRICE_LIMIT             4u    /* beyond the price limits of the latest snapshot */
#define TG_LIMIT_PRICE_BAND              5u    /* too far from the last price */
#define TG_LIMIT_MAX_QUANTITY            6u    /* quantity of the order */
#define TG_LIMIT_MAX_ORDERS              7u    /* orders in a window */
#define TG_LIMIT_MAX_TOTAL_QUANTITY      8u    /* sum of quantities */
#define TG_LIMIT_MAX_TOTAL_VALUE         9u    /* sum of values */
#define TG_LIMIT_MAX_OUTSTANDING         10u   /* outstanding orders */
#define TG_LIMIT_REQUESTS                11u   /* rows of the record table */

/* Scope */
#define TG_SCOPE_GLOBAL                  1u    /* of all triggers together */
#define TG_SCOPE_TRIGGER                 2u    /* of the trigger */

/* Rearm */
#define TG_REARM_ON_FALSE                0u    /* when its conditions were false in between */
#define TG_REARM_ONCE                    1u    /* never */
#define TG_REARM_AFTER_MS                2u    /* when they were false, and after a time */

/* Action */
#define TG_ACTION_ORDER                  0u    /* sends an order */
#define TG_ACTION_CANCEL                 1u    /* asks to cancel the orders of a trigger */

/* Price */
#define TG_PRICE_FIXED                   0u    /* a price of its own */
#define TG_PRICE_LAST                    1u    /* the last price */
#define TG_PRICE_BEST                    2u    /* the best price of the other side */
#define TG_PRICE_OWN_BEST                3u    /* the best price of its own side */

/* Outcome */
#define TG_OUTCOME_SENT                  1u    /* an order left */
#define TG_OUTCOME_REFUSED               2u    /* a limit refused it */
#define TG_OUTCOME_CANCELLED             3u    /* cancel requests left */
#define TG_OUTCOME_GUARD_ENGAGED         4u    /* the guard was engaged */
#define TG_OUTCOME_GUARD_RELEASED        5u    /* the guard was released */
#define TG_OUTCOME_EPOCH                 6u    /* new parameters apply */
#define TG_OUTCOME_KILL_ON               7u    /* the kill switch was turned on by hand */
#define TG_OUTCOME_KILL_OFF              8u    /* it was turned off */

/* State */
#define TG_STATE_SENT                    1u    /* it left */
#define TG_STATE_ACKNOWLEDGED            2u    /* the exchange has it */
#define TG_STATE_PARTLY_FILLED           3u    /* some was traded */
#define TG_STATE_FILLED                  4u    /* all was traded */
#define TG_STATE_CANCELLED               5u    /* the rest was cancelled */
#define TG_STATE_REJECTED                6u    /* it was refused */
#define TG_STATE_DONE                    7u    /* the cancel request did its work */

/* Verdict */
#define TG_VERDICT_APPLIED               1u    /* it moved its row */
#define TG_VERDICT_DUPLICATE             2u    /* it came before */
#define TG_VERDICT_LATE                  3u    /* it says less than the row knows */
#define TG_VERDICT_UNKNOWN               4u    /* it is about no request of ours */
#define TG_VERDICT_CONTRADICTORY         5u    /* it cannot be */

/* an order, a trade or a cancel */
typedef struct {
    tg_u64 msg;                          /* number of the message over the whole input, from 0 */
    tg_u64 offset;                       /* offset of the message's first byte in its stream */
    tg_u32 msg_type;                     /* MsgType */
    tg_u16 session;                      /* session: 0 to 127 of TOE0, 128 to 255 of TOE1 */
    tg_u8 kind;                          /* what the record is */
    tg_u8 flags;                         /* flags of the record */
    tg_i64 appl_seq_num;                 /* sequence number in its channel */
    tg_i64 bid_appl_seq_num;             /* BidApplSeqNum of a trade; 0 for an order */
    tg_i64 offer_appl_seq_num;           /* OfferApplSeqNum of a trade; 0 for an order */
    tg_u8 security[8];                   /* SecurityID with its padding */
    tg_i64 price;                        /* 1e-4: Price of an order, LastPx of a trade */
    tg_i64 quantity;                     /* 1e-2: OrderQty or LastQty */
    tg_i64 time;                         /* TransactTime */
    tg_u16 channel_no;                   /* ChannelNo */
    tg_u8 source[4];                     /* SecurityIDSource */
    tg_u8 code;                          /* Side of an order, ExecType of a trade */
    tg_u8 ord_type;                      /* OrdType of 300192 and 300292; 0 for every other */
    tg_u8 stream[3];                     /* MDStreamID */
    tg_u8 padding[5];                    /* zeros */
} tg_tick;
#define TG_TICK_SIZE 96u

/* the fixed part of a snapshot */
typedef struct {
    tg_u64 msg;                          /* number of the message over the whole input, from 0 */
    tg_u64 offset;                       /* offset of the message's first byte in its stream */
    tg_u32 msg_type;                     /* MsgType */
    tg_u16 session;                      /* session: 0 to 127 of TOE0, 128 to 255 of TOE1 */
    tg_u8 kind;                          /* what the record is */
    tg_u8 flags;                         /* flags of the record */
    tg_i64 time;                         /* OrigTime */
    tg_u8 security[8];                   /* SecurityID with its padding */
    tg_u8 phase[8];                      /* TradingPhaseCode with its padding */
    tg_i64 prev_close;                   /* 1e-4: PrevClosePx */
    tg_i64 num_trades;                   /* NumTrades */
    tg_i64 volume;                       /* 1e-2: TotalVolumeTrade */
    tg_i64 value;                        /* 1e-4: TotalValueTrade */
    tg_u32 entries;                      /* NoMDEntries: entries that follow */
    tg_u16 channel_no;                   /* ChannelNo */
    tg_u8 source[4];                     /* SecurityIDSource */
    tg_u8 stream[3];                     /* MDStreamID */
    tg_u8 padding[3];                    /* zeros */
} tg_head;
#define TG_HEAD_SIZE 96u

/* one entry of a snapshot; what its message type does not carry is 0 */
typedef struct {
    tg_u64 msg;                          /* number of the message over the whole input, from 0 */
    tg_u64 offset;                       /* offset of the message's first byte in its stream */
    tg_u32 msg_type;                     /* MsgType */
    tg_u16 session;                      /* session: 0 to 127 of TOE0, 128 to 255 of TOE1 */
    tg_u8 kind;                          /* what the record is */
    tg_u8 flags;                         /* flags of the record */
    tg_i64 price;                        /* 1e-6: MDEntryPx */
    tg_i64 size;                         /* 1e-2: MDEntrySize */
    tg_i64 orders;                       /* NumberOfOrders */
    tg_u32 queue;                        /* NoOrders: queue quantities that follow */
    tg_u16 number;                       /* number of the entry in its message, from 0 */
    tg_u16 level;                        /* MDPriceLevel */
    tg_u8 entry_type[2];                 /* MDEntryType */
    tg_u8 padding[38];                   /* zeros */
} tg_entry;
#define TG_ENTRY_SIZE 96u

/* two quantities of an order queue */
typedef struct {
    tg_u64 msg;                          /* number of the message over the whole input, from 0 */
    tg_u64 offset;                       /* offset of the message's first byte in its stream */
    tg_u32 msg_type;                     /* MsgType */
    tg_u16 session;                      /* session: 0 to 127 of TOE0, 128 to 255 of TOE1 */
    tg_u8 kind;                          /* what the record is */
    tg_u8 flags;                         /* flags of the record */
    tg_i64 quantity[2];                  /* 1e-2: the quantities; the second is 0 where Count is 1 */
    tg_u32 position;                     /* position of the first in its queue, from 0 */
    tg_u8 count;                         /* how many of the two count: 1 or 2 */
    tg_u8 padding[51];                   /* zeros */
} tg_queue;
#define TG_QUEUE_SIZE 96u

/* the end of a snapshot */
typedef struct {
    tg_u64 msg;                          /* number of the message over the whole input, from 0 */
    tg_u64 offset;                       /* offset of the message's first byte in its stream */
    tg_u32 msg_type;                     /* MsgType */
    tg_u16 session;                      /* session: 0 to 127 of TOE0, 128 to 255 of TOE1 */
    tg_u8 kind;                          /* what the record is */
    tg_u8 flags;                         /* flags of the record */
    tg_i64 auction_volume;               /* 1e-2: AuctionVolumeTrade of 300211 */
    tg_i64 auction_value;                /* 1e-4: AuctionValueTrade of 300211 */
    tg_u32 stock_num;                    /* StockNum of 309111 */
    tg_u8 padding[52];                   /* zeros */
} tg_end;
#define TG_END_SIZE 96u

/* one entry of the input log */
typedef struct {
    tg_u8 op;                            /* what it is; see LogOp */
    tg_u8 line;                          /* 0 TOE0, 1 TOE1 */
    tg_u8 cid;                           /* session of a reset */
    tg_u8 how;                           /* of a reset: 0 a new stream, 1 goes on at Offset, 2 lost up to Offset; of kill: 1 on, 0 off; of parameters: 1 the host refused them; of a fault: its code */
    tg_u16 session;                      /* session of a fault as records number it; all ones for none */
    tg_u16 reserved;                     /* 0 */
    tg_u64 offset;                       /* of a reset or a fault: offset in the stream or the link, in bytes */
    tg_u8 word[16];                      /* the word of the IO channel; of a fault its length in bytes 0 to 7; of a control word of a replay on channels, in bytes 8 to 15, the words of its line before it; little-endian */
} tg_log_word;
#define TG_LOG_WORD_SIZE 32u

/* a record, a message without one, a report or a control word on its way to the indicator */
typedef struct {
    tg_u64 msg;                          /* 0: the indicator numbers messages */
    tg_u64 offset;                       /* offset of the message's first byte in its stream; of a fault, its offset */
    tg_u32 msg_type;                     /* MsgType */
    tg_u16 session;                      /* session: 0 to 127 of TOE0, 128 to 255 of TOE1; all ones for none */
    tg_u8 kind;                          /* a kind of record, or see ItemKind */
    tg_u8 flags;                         /* flags of the record that decode sets */
    tg_u64 payload[15];                  /* bytes 24 to 95 of a record; of a report, its fields (layout Report) */
    tg_u64 length;                       /* length that FaultA and FaultB carry, in bytes */
    tg_u64 beat;                         /* number of the word of the line that decided it, from 0 */
    tg_u32 surplus;                      /* bytes of the body behind its known part; at the end of a message */
    tg_u8 fault_a;                       /* first fault: of the frame, or of the link; 0 for none */
    tg_u8 fault_b;                       /* second fault: of decode; 0 for none */
    tg_u8 marks;                         /* see ItemMark */
    tg_u8 line;                          /* 0 TOE0, 1 TOE1 */
    tg_u64 operand;                      /* of a control word: its How */
} tg_item;
#define TG_ITEM_SIZE 176u

/* what the rooms need of a report, whichever message it is */
typedef struct {
    tg_u64 msg;                          /* number of the message over the whole input, from 0 */
    tg_u64 offset;                       /* offset of the message's first byte in its stream */
    tg_u32 msg_type;                     /* MsgType */
    tg_u16 session;                      /* session: 0 to 127 of TOE0, 128 to 255 of TOE1 */
    tg_u8 kind;                          /* what the record is */
    tg_u8 flags;                         /* flags of the record */
    tg_i64 report_index;                 /* ReportIndex; 0 where there is none */
    tg_i64 time;                         /* TransactTime */
    tg_u8 security[8];                   /* SecurityID */
    tg_i64 quantity;                     /* 1e-2: OrderQty of 200102 */
    tg_i64 cum;                          /* 1e-2: CumQty */
    tg_i64 leaves;                       /* 1e-2: LeavesQty */
    tg_i64 last;                         /* 1e-2: LastQty of 200115 */
    tg_i64 last_px;                      /* 1e-4: LastPx of 200115 */
    tg_u8 order_id[16];                  /* OrderID; spaces in message 4 */
    tg_u8 cl_ord_id[10];                 /* ClOrdID, BusinessRejectRefID of message 4 */
    tg_u8 orig_cl_ord_id[10];            /* OrigClOrdID; spaces where there is none */
    tg_u32 partition_no;                 /* PartitionNo, two's complement */
    tg_u32 ref_msg_type;                 /* RefMsgType of message 4 */
    tg_u16 reason;                       /* reason of a reject; 0 where there is none */
    tg_u8 has_place;                     /* 1 where it has PartitionNo and ReportIndex */
    tg_u8 side;                          /* Side; 0 in message 4 */
    tg_u8 exec_type;                     /* ExecType; 0 where there is none */
    tg_u8 ord_status;                    /* OrdStatus; 0 where there is none */
    tg_u8 padding[6];                    /* zeros */
} tg_report;
#define TG_REPORT_SIZE 144u

/* what one step gives out */
typedef struct {
    tg_u64 msg;                          /* number of the message; of a request, the number of its decision */
    tg_u64 offset;                       /* as in the item */
    tg_u32 msg_type;                     /* as in the item; of a request, its row */
    tg_u16 session;                      /* as in the item; of a request, the length of its frame in bytes */
    tg_u8 kind;                          /* a kind of record or of item, or see EventKind */
    tg_u8 flags;                         /* flags of the record */
    tg_u64 body[20];                     /* rest of the record (72 bytes), the report (120), the decision (160), the frame of a request */
    tg_u64 length;                       /* as in the item */
    tg_u64 beat;                         /* as in the item */
    tg_u8 fault_a;                       /* as in the item; 0 for none */
    tg_u8 fault_b;                       /* as in the item; 0 for none */
    tg_u8 before;                        /* fault that stands before the record; 0 for none */
    tg_u8 after;                         /* fault behind it; 0 for none */
    tg_u8 after_too;                     /* second fault behind it; 0 for none */
    tg_u8 has;                           /* see EventMark */
    tg_u8 line;                          /* 0 TOE0, 1 TOE1 */
    tg_u8 verdict;                       /* verdict of a report */
    tg_i64 index_time;                   /* time of an index point */
    tg_i64 index_value;                  /* its value, in 1e-4 points */
    tg_i64 index_sum;                    /* its sum, in 1e-4 CNY */
    tg_i64 cum;                          /* 1e-2: CumQty of the request afterwards */
    tg_i64 missed;                       /* 1e-2: quantity traded without a fill of its own */
    tg_u32 request;                      /* row of the request; all ones for none */
    tg_u8 state;                         /* state of the request afterwards; 0 for none */
    tg_u8 padding[3];                    /* zeros */
} tg_event;
#define TG_EVENT_SIZE 256u

/* a decision */
typedef struct {
    tg_u64 number;                       /* its number, from 0 */
    tg_u64 msg;                          /* the message after which it was made; of an epoch, the first that it rules */
    tg_i64 time;                         /* the pipeline's time */
    tg_i64 index;                        /* the index in 1e-4 points; least number for none */
    tg_i64 found;                        /* what the limit found; least number for none */
    tg_i64 allowed;                      /* what it allows; least number for none */
    tg_i64 price;                        /* 1e-4: price of the order; 0 for none */
    tg_i64 quantity;                     /* 1e-2: quantity of the order; 0 for none */
    tg_i64 conditions[8];                /* found and bound of each condition */
    tg_u32 epoch;                        /* number of the epoch that ruled */
    tg_u32 requests;                     /* requests that left */
    tg_u32 request;                      /* row of the first of them; all ones for none */
    tg_u8 trigger;                       /* the trigger; 255 for none */
    tg_u8 outcome;                       /* what came of it */
    tg_u8 limit;                         /* the limit that refused; 0 for none */
    tg_u8 scope;                         /* 1 global, 2 of the trigger; 0 for none */
    tg_u8 checks[8];                     /* code and `holds` of each condition */
    tg_u8 padding[8];                    /* zeros */
} tg_decision;
#define TG_DECISION_SIZE 160u

/* an order or a cancel request that is to leave */
typedef struct {
    tg_u64 decision;                     /* number of its decision */
    tg_u64 msg;                          /* the message that caused it */
    tg_i64 time;                         /* TransactTime */
    tg_i64 price;                        /* 1e-4: Price of an order */
    tg_i64 quantity;                     /* 1e-2: OrderQty */
    tg_u8 security[8];                   /* SecurityID */
    tg_u8 order_id[16];                  /* OrderID of the order to cancel; spaces where it is not known */
    tg_u32 row;                          /* its row in the record table */
    tg_u32 of;                           /* row of the order to cancel; all ones for an order */
    tg_u8 side;                          /* Side */
    tg_u8 reserved[7];                   /* zeros */
    tg_u64 beat;                         /* word of the line that decided it */
    tg_u64 operand;                      /* 0 */
} tg_intent;
#define TG_INTENT_SIZE 96u

/* a row of the record table */
typedef struct {
    tg_u64 msg;                          /* the message that caused it */
    tg_i64 sent;                         /* when it left */
    tg_i64 reported;                     /* TransactTime of the latest applied report */
    tg_i64 quantity;                     /* 1e-2: OrderQty */
    tg_i64 price;                        /* 1e-4: Price */
    tg_i64 cum;                          /* 1e-2: CumQty */
    tg_u8 security[8];                   /* SecurityID */
    tg_u8 order_id[16];                  /* OrderID; spaces before it is known */
    tg_u32 fills;                        /* fills applied */
    tg_u32 of;                           /* row of the order to cancel; all ones for an order */
    tg_u16 reason;                       /* reason of a reject or cancel */
    tg_u8 state;                         /* how far it is */
    tg_u8 trigger;                       /* the trigger behind it; 255 for none */
    tg_u8 side;                          /* Side */
    tg_u8 cancelling;                    /* 1: a cancel request for it is under way */
    tg_u8 padding[10];                   /* zeros */
} tg_request;
#define TG_REQUEST_SIZE 96u

/* the hot part of a row of the quote table */
typedef struct {
    tg_u8 security[8];                   /* SecurityID, padded with spaces */
    tg_u8 phase[8];                      /* TradingPhaseCode of the latest snapshot */
    tg_i64 time;                         /* greatest possible stamp of an applied message */
    tg_i64 trade_time;                   /* TransactTime of the latest trade */
    tg_i64 snapshot_time;                /* OrigTime of the latest snapshot; 0 before the first */
    tg_i64 prev_close;                   /* 1e-4: previous close */
    tg_i64 limit_up;                     /* 1e-6: highest price allowed; 0 where there is none */
    tg_i64 limit_down;                   /* 1e-6: lowest price allowed; 0 where there is none */
    tg_i64 ticks_last;                   /* 1e-6: of the trades: last price */
    tg_i64 ticks_open;                   /* 1e-6: first price */
    tg_i64 ticks_high;                   /* 1e-6: highest price */
    tg_i64 ticks_low;                    /* 1e-6: lowest price */
    tg_i64 ticks_volume;                 /* 1e-2: volume */
    tg_i64 ticks_value;                  /* turnover, in 1e-6 CNY */
    tg_i64 ticks_num_trades;             /* number of trades */
    tg_i64 snapshot_last;                /* 1e-6: of the latest snapshot: last price */
    tg_i64 snapshot_open;                /* 1e-6: first price */
    tg_i64 snapshot_high;                /* 1e-6: highest price */
    tg_i64 snapshot_low;                 /* 1e-6: lowest price */
    tg_i64 snapshot_volume;              /* 1e-2: volume */
    tg_i64 snapshot_value;               /* turnover, in 1e-6 CNY */
    tg_i64 snapshot_num_trades;          /* number of trades */
    tg_u64 orders;                       /* orders applied */
    tg_u64 trades;                       /* trades applied */
    tg_u64 cancels;                      /* cancels applied */
    tg_u64 snapshots;                    /* snapshots applied */
} tg_quote_row;
#define TG_QUOTE_ROW_SIZE 208u

/* one price level of a row of the quote table */
typedef struct {
    tg_i64 price;                        /* 1e-6: price */
    tg_i64 quantity;                     /* 1e-2: quantity */
    tg_i64 orders;                       /* NumberOfOrders */
    tg_u16 queue_at;                     /* where its queue starts among the row's */
    tg_u16 queue_len;                    /* quantities of its queue */
    tg_u32 reserved;                     /* 0 */
} tg_depth_level;
#define TG_DEPTH_LEVEL_SIZE 32u

/* what is counted in the kernels */
typedef struct {
    tg_u64 messages;                     /* framed messages */
    tg_u64 jumps;                        /* jumps of ApplSeqNum */
    tg_u64 jumped_numbers;               /* numbers left out; stays at the greatest */
    tg_u64 clamped_times;                /* stamps earlier than the pipeline's time */
    tg_u64 surplus;                      /* bytes behind the known part of a body */
    tg_u64 index_compared;               /* 309011 of the index that were compared */
    tg_u64 index_difference;             /* greatest difference from them, in 1e-6 points */
    tg_u64 report_jumps;                 /* jumps of ReportIndex */
    tg_u64 report_jumped;                /* numbers left out by them; stays at the greatest */
    tg_u64 report_repeats;               /* reports at or below the last ReportIndex */
    tg_u64 missed_fills;                 /* reports of a quantity traded without a fill of its own */
    tg_u64 unnamed;                      /* ticks and heads of securities without a row */
    tg_u64 bytes[2];                     /* of each line: bytes that were framed or swallowed */
    tg_u64 swallowed[2];                 /* of each line: bytes swallowed by dead sessions and a dead link */
    tg_u64 words[2];                     /* of each line: words taken */
    tg_u64 fired[16];                    /* of each trigger: firings */
    tg_u64 refused[16];                  /* of each trigger: orders that a limit refused */
    tg_u64 held_back[16];                /* of each trigger: edges of the market conditions held back by its own orders */
    tg_u64 cancels[16];                  /* of each trigger: cancel requests */
    tg_u64 sent[16];                     /* of each trigger: orders sent */
} tg_kernel_counters;
#define TG_KERNEL_COUNTERS_SIZE 784u

/* what a parameter block begins with */
typedef struct {
    tg_u32 version;                      /* version of this layout: PARAM_VERSION */
    tg_u32 crc;                          /* CRC-32 (IEEE 802.3) of the block with this field 0 */
    tg_u64 at_msg;                       /* the message before which it takes effect; 0 of the setup; all ones of a live run */
    tg_u32 shares;                       /* share counts that come behind it */
    tg_u8 triggers;                      /* triggers, 0 to 16 */
    tg_u8 cancel_on_kill;                /* 1: turning the kill switch on also cancels what is outstanding */
    tg_u8 has_guard;                     /* 1: there is a guard */
    tg_u8 has_trading;                   /* 1: the setup has triggers at all */
    tg_i64 guard_points;                 /* change that engages the guard, in 1e-4 points */
    tg_i64 guard_within_ms;              /* its window, in milliseconds */
    tg_i64 guard_hold_ms;                /* how long it stays, in milliseconds */
    tg_u64 guard_slot_factor;            /* of its window; see SlotFactor of a condition */
    tg_u64 reserved;                     /* 0 */
} tg_param_header;
#define TG_PARAM_HEADER_SIZE 64u

/* limits */
typedef struct {
    tg_u32 has;                          /* which limit: bit n is set where the limit of code n limits */
    tg_u32 max_outstanding;              /* outstanding orders */
    tg_i64 price_band;                   /* distance from the last price, in 1e-4 of it */
    tg_i64 max_quantity;                 /* 1e-2: quantity of an order */
    tg_i64 orders_count;                 /* orders in a window */
    tg_i64 orders_within_ms;             /* that window, in milliseconds */
    tg_i64 max_total_quantity;           /* 1e-2: sum of quantities */
    tg_i64 max_total_value;              /* sum of price x quantity, in 1e-6 CNY */
    tg_u64 reserved;                     /* 0 */
} tg_param_limits;
#define TG_PARAM_LIMITS_SIZE 64u

/* one condition of a trigger */
typedef struct {
    tg_u32 code;                         /* kind of the condition; 0 for none */
    tg_u32 row;                          /* row of its security in the quote table; all ones for none */
    tg_i64 bound;                        /* what is compared with, in the unit of the kind */
    tg_i64 within_ms;                    /* its window, in milliseconds */
    tg_u64 slot_factor;                  /* of a change window of slots of L ms, ceil(2^S / L) with S = 27 + bits of L - 1: slot of a time of the day = ms x SlotFactor >> S */
} tg_param_condition;
#define TG_PARAM_CONDITION_SIZE 32u

/* what a trigger does, and when it may fire again */
typedef struct {
    tg_u8 rearm;                         /* 0 on_false, 1 once, 2 after_ms */
    tg_u8 action;                        /* 0 an order, 1 cancel */
    tg_u8 orders_of;                     /* of cancel: the trigger whose orders */
    tg_u8 price_kind;                    /* 0 fixed, 1 last, 2 best, 3 own_best */
    tg_u32 ticks;                        /* ticks from the base, two's complement */
    tg_i64 rearm_ms;                     /* of after_ms, in milliseconds */
    tg_i64 quantity;                     /* 1e-2: OrderQty */
    tg_i64 price;                        /* 1e-4: fixed price */
    tg_i64 tick;                         /* 1e-4: price step */
    tg_u8 security[8];                   /* SecurityID of the order */
    tg_u32 row;                          /* its row in the quote table; all ones for none */
    tg_u8 side;                          /* Side */
    tg_u8 reserved[3];                   /* zeros */
    tg_u64 tick_reciprocal;              /* floor((2^64 - 1) / tick in 1e-6): prices are divided by the tick without a division */
} tg_param_rule;
#define TG_PARAM_RULE_SIZE 64u

/* one line of the setup image */
typedef struct {
    tg_u32 table;                        /* what it is; see LoadTable */
    tg_u32 index;                        /* place in that table */
    tg_u64 words[7];                     /* what goes there */
} tg_load_line;
#define TG_LOAD_LINE_SIZE 64u

/* An item as what it is. */
typedef union {
    tg_item item;
    tg_tick tick;
    tg_head head;
    tg_entry entry;
    tg_queue queue;
    tg_end end;
    tg_report report;
} tg_any_item;

#define TG_SHAPES(X) \
    X(0u, 1u, 4u, 92u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(1u, 2u, 4u, 204u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(2u, 3u, 4u, 0u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(3u, 4u, 6u, 103u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(4u, 5u, 4u, 4u, 4u, 12u, 0u, 0u, 0u, 0u) \
    X(5u, 6u, 4u, 4u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(6u, 7u, 4u, 14u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(7u, 8u, 4u, 74u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(8u, 9u, 4u, 6u, 6u, 4u, 0u, 0u, 0u, 0u) \
    X(9u, 10u, 4u, 42u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(10u, 100101u, 4u, 109u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(11u, 190007u, 4u, 86u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(12u, 200102u, 6u, 189u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(13u, 200115u, 6u, 153u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(14u, 290008u, 6u, 115u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(15u, 300111u, 3u, 69u, 69u, 32u, 8u, 0u, 0u, 0u) \
    X(16u, 300191u, 2u, 66u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(17u, 300192u, 1u, 51u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(18u, 300211u, 3u, 89u, 69u, 32u, 8u, 4u, 9u, 16u) \
    X(19u, 300291u, 2u, 66u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(20u, 300292u, 1u, 51u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(21u, 300391u, 2u, 69u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(22u, 300392u, 1u, 369u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(23u, 300491u, 2u, 95u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(24u, 300492u, 1u, 407u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(25u, 300591u, 2u, 66u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(26u, 300592u, 1u, 100u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(27u, 300611u, 3u, 69u, 69u, 18u, 0u, 0u, 0u, 0u) \
    X(28u, 300791u, 2u, 66u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(29u, 300792u, 1u, 53u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(30u, 303711u, 3u, 69u, 69u, 18u, 0u, 0u, 0u, 0u) \
    X(31u, 306311u, 3u, 73u, 69u, 20u, 0u, 4u, 16u, 0u) \
    X(32u, 309011u, 3u, 69u, 69u, 10u, 0u, 0u, 0u, 0u) \
    X(33u, 309111u, 3u, 69u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(34u, 390012u, 5u, 158u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(35u, 390013u, 4u, 34u, 34u, 4u, 0u, 0u, 0u, 0u) \
    X(36u, 390019u, 4u, 69u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(37u, 390090u, 4u, 14u, 14u, 15u, 0u, 0u, 0u, 0u) \
    X(38u, 390093u, 4u, 26u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(39u, 390094u, 4u, 44u, 0u, 0u, 0u, 0u, 0u, 0u) \
    X(40u, 390095u, 4u, 12u, 0u, 0u, 0u, 0u, 0u, 0u)

#endif
