//! The fixtures on disk are what `common` makes; `BLESS=1` writes them.

mod common;

use std::path::Path;
use std::{env, fs};

use tidegate_bench::load;

#[test]
fn the_fixtures_are_fresh() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for (name, started, commit, slower) in [
        ("2000-01-01T000000Z-0000000000", "2000-01-01T00:00:00Z", "0", 1.22),
        ("2000-01-04T000000Z-3333333333", "2000-01-04T00:00:00Z", "3", 1.0),
    ] {
        let wanted = common::fixture(started, &commit.repeat(40), slower);
        let path = folder.join(format!("{name}.json"));
        if env::var_os("BLESS").is_some() {
            fs::create_dir_all(&folder).expect("a folder");
            let text = serde_json::to_string(&wanted).expect("JSON");
            fs::write(&path, text + "\n").expect("written");
        }
        let found = load::file(&path).expect("a result").results;
        assert_eq!(found, wanted, "{name}: BLESS=1 writes it again");
    }
}
