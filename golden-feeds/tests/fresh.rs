//! The committed files are what this package makes. `BLESS=1` writes them instead.
#![allow(missing_docs, reason = "a test")]

use std::path::Path;

#[test]
fn fresh() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let bless = std::env::var_os("BLESS").is_some();
    for (path, wanted) in tidegate_golden_feeds::files() {
        let file = folder.join(&path);
        if bless {
            let parent = file.parent().expect("a folder of this package");
            std::fs::create_dir_all(parent).expect("the folder can be made");
            std::fs::write(&file, &wanted).expect("the file can be written");
        }
        let found = std::fs::read(&file).unwrap_or_default();
        assert!(
            found == wanted,
            "{path} is not what is made: BLESS=1 cargo test -p tidegate-golden-feeds --test fresh"
        );
    }
}
