//! Session messages, the same in both interfaces.

use super::{f, flat};
use crate::msg_type;
use crate::schema::Confidence::{A, B};
use crate::schema::Type::{Gbk, I32, Text};
use crate::schema::{Interface, Message};

pub(super) const LOGON: Message = Message {
    msg_type: msg_type::LOGON,
    name: "Logon",
    title: "Logon",
    title_zh: "登录",
    interface: Interface::Session,
    min_body_bytes: 92,
    parts: &[flat(
        "Logon",
        &[
            f("SenderCompID", 0, 20, Text, A, "who sends"),
            f("TargetCompID", 20, 20, Text, A, "who receives"),
            f("HeartBtInt", 40, 4, I32, A, "heartbeat interval in seconds"),
            f("Password", 44, 16, Text, A, "password"),
            f("DefaultApplVerID", 60, 32, Text, A, "interface version, such as 1.02"),
        ],
    )],
};

pub(super) const LOGOUT: Message = Message {
    msg_type: msg_type::LOGOUT,
    name: "Logout",
    title: "Logout",
    title_zh: "注销",
    interface: Interface::Session,
    min_body_bytes: 204,
    parts: &[flat(
        "Logout",
        &[
            f("SessionStatus", 0, 4, I32, B, "why; see SessionStatus"),
            f("Text", 4, 200, Gbk, A, "remark"),
        ],
    )],
};

pub(super) const HEARTBEAT: Message = Message {
    msg_type: msg_type::HEARTBEAT,
    name: "Heartbeat",
    title: "Heartbeat",
    title_zh: "心跳",
    interface: Interface::Session,
    min_body_bytes: 0,
    parts: &[],
};
