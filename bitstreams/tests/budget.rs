//! The budget in blocks, and that the list of memories follows limits and layouts.

use std::path::Path;

use tempfile::TempDir;
use tidegate_bitstreams::budget::{
    BSP_BLOCKS, BudgetError, DIE_BLOCKS, Memory, Place, place, read_memories, table,
};
use tidegate_bitstreams::manifest::FileError;
use tidegate_protocol::kernel::{
    DepthLevel, Event, Intent, Item, LoadLine, LogWord, PARAM_BLOCK_BYTES, QuoteRow, RequestFields,
};
use tidegate_protocol::limits::{
    BEAT_BYTES, BOOK_LEVELS, HOLD_BYTES, MAX_CONSTITUENTS, MAX_REQUESTS_CARD, MAX_SECURITIES_CARD,
    MAX_SESSIONS, MAX_TRIGGERS, QUEUE_ITEMS, WINDOW_SENDS, WINDOW_SLOTS,
};

fn list() -> Vec<Memory> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("memories.toml");
    read_memories(&path).expect("the list")
}

fn memory(name: &str, depth: u64, width_bits: u64, copies: u64, place: Place) -> Memory {
    Memory { name: name.into(), depth, width_bits, copies, place, why: "a test".into() }
}

/// Shows H28.
#[test]
fn a_memory_takes_the_shape_with_fewest_blocks() {
    let cases = [
        ((512, 40, 1), 1),
        ((513, 40, 1), 2),
        ((512, 41, 1), 2),
        ((1, 1, 1), 1),
        ((1_024, 20, 1), 1),
        ((2_048, 10, 1), 1),
        ((2_048, 8, 1), 1),
        ((8_192, 8, 32), 128),
        ((128, 2_560, 2), 128),
        ((4_096, 1_664, 1), 334),
        ((65_536, 64, 1), 224),
    ];
    for ((depth, width, copies), blocks) in cases {
        let found = memory("m", depth, width, copies, Place::Die).blocks();
        assert_eq!(found, blocks, "{depth} x {width} x {copies}");
    }
}

/// Shows H20, H28, A1.
#[test]
fn the_list_follows_limits_and_layouts() {
    let list = list();
    let of = |name: &str| {
        let found = list.iter().find(|memory| memory.name == name);
        let memory = found.unwrap_or_else(|| panic!("no memory {name}"));
        (memory.depth, memory.width_bits, memory.copies)
    };
    let shape = |depth: usize, bytes: usize, copies: u64| (depth as u64, bytes as u64 * 8, copies);
    let held = MAX_SESSIONS * HOLD_BYTES / 32;
    let levels = MAX_SECURITIES_CARD * 2 * BOOK_LEVELS;
    let cases = [
        // 192 bytes of captured body, and what framing keeps: 320 bytes together.
        ("sessions", shape(MAX_SESSIONS, 320, 2)),
        ("hold", shape(held, 1, 64)),
        ("release queue", shape(8, 192, 2)),
        ("quote rows", shape(MAX_SECURITIES_CARD, QuoteRow::BYTES, 1)),
        // Two prices, a mask of levels, a count.
        ("books", shape(MAX_SECURITIES_CARD, 24, 1)),
        ("rows that wait", shape(MAX_SECURITIES_CARD, 1, 1)),
        ("hash slots", shape(2 * MAX_SECURITIES_CARD, 10, 2)),
        ("channel series", shape(1 << 16, 8, 1)),
        ("constituents", shape(MAX_CONSTITUENTS, 16, 1)),
        ("requests", shape(MAX_REQUESTS_CARD, RequestFields::BYTES, 1)),
        ("change windows", shape(WINDOW_SLOTS, 8, MAX_TRIGGERS as u64 + 1)),
        ("send windows", shape(WINDOW_SENDS, 4, MAX_TRIGGERS as u64 + 1)),
        ("parameter blocks", shape(2 * PARAM_BLOCK_BYTES.div_ceil(64), 64, 1)),
        ("block that is checked", shape(PARAM_BLOCK_BYTES.div_ceil(8), 8, 1)),
        ("prepared frames", shape(64, BEAT_BYTES, 1)),
        ("items", shape(64, Item::BYTES, 2)),
        ("intents", shape(64, Intent::BYTES, 1)),
        ("published records", shape(1_024, 96 + 8, 1)),
        ("events", shape(64, Event::BYTES, 1)),
        ("mirrored lines", shape(64, 64, 1)),
        // A level, two quantities, and where they go.
        ("depth updates", shape(64, DepthLevel::BYTES + 2 * 8 + 16, 1)),
        ("frames of the host", shape(64, BEAT_BYTES + 8, 1)),
        ("load lines", shape(64, LoadLine::BYTES, 1)),
        ("control words", shape(64, LogWord::BYTES, 2)),
        ("depth levels", shape(levels, DepthLevel::BYTES, 1)),
        ("order queues", shape(MAX_SECURITIES_CARD * QUEUE_ITEMS, 8, 1)),
    ];
    for (name, wanted) in &cases {
        assert_eq!(of(name), *wanted, "{name}");
    }
    assert_eq!(list.len(), cases.len(), "every memory is tested");
}

/// Shows H28.
#[test]
fn the_list_fits_the_die_with_what_the_host_alone_reads_in_ddr() {
    let list = list();
    let budget = place(&list, DIE_BLOCKS, BSP_BLOCKS).expect("it fits");
    let spilled: Vec<&str> = budget.in_ddr.iter().map(|memory| memory.name.as_str()).collect();
    assert_eq!(spilled, ["depth levels", "order queues"]);
    let all: u64 = list.iter().map(Memory::blocks).sum();
    let ddr: u64 = budget.in_ddr.iter().map(|memory| memory.blocks()).sum();
    assert_eq!(budget.used() + ddr, all);
    assert_eq!(budget.used() + budget.free() + BSP_BLOCKS, DIE_BLOCKS);
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(readme).expect("the README");
    for line in table(&budget).lines() {
        assert!(readme.lines().any(|found| found == line.trim_end()), "README lacks {line:?}");
    }
}

/// Shows H28.
#[test]
fn what_is_in_ddr_takes_no_blocks() {
    let list = [
        memory("queues", 512, 400, 1, Place::Ddr),
        memory("rows", 512, 400, 1, Place::Die),
        memory("slots", 512, 400, 1, Place::Die),
    ];
    let budget = place(&list, 27, 7).expect("it fits");
    assert_eq!((budget.used(), budget.free()), (20, 0));
    assert_eq!(budget.in_ddr, [&list[0]]);
    let error = place(&list, 26, 7).expect_err("slots do not fit");
    assert_eq!(error, BudgetError::DoesNotFit { wanted: 19, found: 20, memory: "slots".into() });
    assert_eq!(place(&list, 6, 7).expect_err("no die"), BudgetError::Bsp { wanted: 6, found: 7 });
}

/// Shows H28.
#[test]
fn what_does_not_fit_is_an_error_that_names_it() {
    let list = list();
    let all: u64 =
        list.iter().filter(|memory| memory.place == Place::Die).map(Memory::blocks).sum();
    assert!(place(&list, all, 0).is_ok());
    let error = place(&list, all - 1, 0).expect_err("one block short");
    let BudgetError::DoesNotFit { wanted, found, memory } = &error else { panic!("{error}") };
    assert_eq!((*wanted, *found), (all - 1, all));
    assert_eq!(memory, "control words");
}

#[test]
fn a_list_that_is_wrong_is_refused() {
    let good = "[[memory]]\nname = \"a\"\ndepth = 1\nwidth_bits = 1\ncopies = 1\nplace = \"die\"\nwhy = \"b\"\n";
    let cases = [
        (good.replace("depth = 1", "depth = 0"), "depth: wanted 1 to 4294967296, found 0"),
        (good.replace("depth = 1", "depth = 4294967297"), "depth: wanted 1 to"),
        (good.replace("depth = 1", "depth = -1"), "invalid value"),
        (good.replace("width_bits = 1", "width_bits = 1048577"), "width_bits: wanted 1 to"),
        (good.replace("copies = 1", "copies = 5000"), "copies: wanted 1 to 1024, found 5000"),
        (good.replace("\"die\"", "\"maybe\""), "unknown variant `maybe`"),
        (good.replace("why", "what"), "unknown field `what`"),
        (good.replace("\"b\"", "\"\""), "wanted a name and a reason"),
        (good.repeat(2), "wanted once, found twice"),
    ];
    let dir = TempDir::new().expect("a folder");
    let path = dir.path().join("memories.toml");
    std::fs::write(&path, good).expect("writing");
    assert_eq!(read_memories(&path).expect("good").len(), 1);
    for (text, reason) in cases {
        std::fs::write(&path, &text).expect("writing");
        let error = read_memories(&path).expect_err(reason);
        assert!(matches!(error, FileError::Invalid { .. }), "{error}");
        assert!(error.to_string().contains(reason), "{error}\nwanted {reason}");
    }
}
