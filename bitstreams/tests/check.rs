//! An image that is tampered, foreign or stale is refused, and the refusal names the field.

use std::path::Path;

use tempfile::TempDir;
use tidegate_bitstreams::check::{Expected, Image, Refusal, check, check_file, load};
use tidegate_bitstreams::manifest::{
    Build, Channels, Checksum, FileError, Id, Layout, Manifest, Recipe, SourceError, Words,
    source_hash, sources,
};

const BLOB: &[u8] = b"made-up image";

/// One thing that the host wants otherwise.
type Change = fn(&mut Expected);

fn here(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn example() -> Manifest {
    Manifest::read(&here("fixtures/example.toml")).expect("the example is a manifest")
}

/// What takes the example.
fn expected() -> Expected {
    let manifest = example();
    Expected {
        board: manifest.board,
        bsp: manifest.bsp,
        build: manifest.build,
        channels: manifest.channels,
        toe: manifest.toe,
        checksum: manifest.checksum,
        protocol_id: manifest.kernels.protocol_id,
        kernel_id: manifest.kernels.kernel_id,
        source_sha256: manifest.kernels.source_sha256,
        compiler_version: manifest.compiler.version,
    }
}

/// A folder with the example, changed, and its image.
fn folder(change: impl Fn(String) -> String) -> TempDir {
    let dir = TempDir::new().expect("a folder");
    let text = std::fs::read_to_string(here("fixtures/example.toml")).expect("the example");
    std::fs::write(dir.path().join("example.toml"), change(text)).expect("writing");
    std::fs::write(dir.path().join("example.aocx"), BLOB).expect("writing");
    dir
}

fn refused(dir: &TempDir) -> Refusal {
    let path = dir.path().join("example.toml");
    let loaded = load(&path, &expected()).expect_err("refused when loaded");
    let refusal = check_file(&path, &expected()).expect_err("refused");
    let kind = std::mem::discriminant(&refusal);
    assert_eq!(kind, std::mem::discriminant(&loaded), "{refusal} / {loaded}");
    refusal
}

/// Shows E5.
#[test]
fn a_whole_image_is_taken_from_memory_and_from_a_file() {
    let dir = folder(|text| text);
    let path = dir.path().join("example.toml");
    let (manifest, checked) = check_file(&path, &expected()).expect("taken");
    assert_eq!((checked.bytes(), checked.sha256()), (13, manifest.image.sha256));
    assert_eq!(check(&manifest, Image::Bytes(BLOB), &expected()).expect("taken"), checked);
    assert_eq!(load(&path, &expected()).expect("taken").1, BLOB);
}

/// Shows E5, Q5.
#[test]
fn a_tampered_image_is_refused() {
    let dir = folder(|text| text);
    let image = dir.path().join("example.aocx");
    for at in 0..BLOB.len() * 8 {
        let mut blob = BLOB.to_vec();
        blob[at / 8] ^= 1 << (at % 8);
        std::fs::write(&image, blob).expect("writing");
        let refusal = refused(&dir);
        let Refusal::Tampered { field: "image.sha256", wanted, found } = &refusal else {
            panic!("{refusal}");
        };
        assert_eq!(*wanted, example().image.sha256.to_string());
        assert_ne!(found, wanted);
    }
    for blob in [&BLOB[..12], b"", b"made-up image "] {
        std::fs::write(&image, blob).expect("writing");
        let refusal = refused(&dir);
        let Refusal::Tampered { field: "image.bytes", wanted, found } = &refusal else {
            panic!("{refusal}");
        };
        assert_eq!((wanted.as_str(), found.as_str()), ("13", blob.len().to_string().as_str()));
    }
}

fn channels(expected: &mut Expected) -> &mut Channels {
    expected.channels.as_mut().expect("the example is live")
}

/// Shows E5, A2.
#[test]
fn a_foreign_image_is_refused() {
    let cases: [(&str, Change, &str); 13] = [
        ("build", |e| e.build = Build::Pipe, "pipe"),
        ("board", |e| e.board = "a10gx".into(), "a10gx"),
        ("bsp.name", |e| e.bsp.name = "a10_ref".into(), "a10_ref"),
        ("bsp.version", |e| e.bsp.version = "19.1".into(), "19.1"),
        ("channels.market_in", |e| channels(e).market_in = "eth0".into(), "eth0"),
        ("channels.market_out", |e| channels(e).market_out = "eth0".into(), "eth0"),
        ("channels.orders_in", |e| channels(e).orders_in = "eth0".into(), "eth0"),
        ("channels.orders_out", |e| channels(e).orders_out = "eth0".into(), "eth0"),
        ("toe.layout", |e| e.toe.layout = Layout::Text, "text"),
        ("toe.words", |e| e.toe.words = Words::Printed, "printed"),
        ("toe.strict_filler", |e| e.toe.strict_filler = false, "false"),
        ("toe.prefix_bytes", |e| e.toe.prefix_bytes = 4, "4"),
        ("checksum", |e| e.checksum = Checksum::Flag, "flag"),
    ];
    for (name, change, want) in cases {
        let mut expected = expected();
        change(&mut expected);
        let refusal = check(&example(), Image::Bytes(BLOB), &expected).expect_err(name);
        let Refusal::Foreign { field, wanted, found } = &refusal else { panic!("{refusal}") };
        assert_eq!((*field, wanted.as_str()), (name, want));
        assert!(!found.is_empty() && found != wanted, "{refusal}");
    }
}

/// Shows H40, E5, A2.
#[test]
fn a_stale_image_is_refused() {
    let cases: [(&str, Change); 4] = [
        ("kernels.protocol_id", |e| e.protocol_id = Id(1)),
        ("kernels.kernel_id", |e| e.kernel_id = Id(1 << 63)),
        ("kernels.source_sha256", |e| e.source_sha256.0[31] = 1),
        ("compiler.version", |e| e.compiler_version = "19.4.1".into()),
    ];
    for (name, change) in cases {
        let mut expected = expected();
        change(&mut expected);
        let refusal = check(&example(), Image::Bytes(BLOB), &expected).expect_err(name);
        let Refusal::Stale { field, wanted, found } = &refusal else { panic!("{refusal}") };
        assert_eq!(*field, name);
        assert_ne!(wanted, found);
    }
}

#[test]
fn a_difference_is_named_before_the_image_is_read() {
    let mut expected = expected();
    expected.kernel_id = Id(5);
    let nowhere = Path::new("no such folder/image.aocx");
    let refusal = check(&example(), Image::Path(nowhere), &expected).expect_err("refused");
    assert_eq!(
        refusal.to_string(),
        "stale image: kernels.kernel_id: wanted 0000000000000005, found 0000000000000000"
    );
}

/// Shows E5.
#[test]
fn a_missing_or_unreadable_file_is_refused() {
    let dir = folder(|text| text);
    let (manifest, image) = (dir.path().join("example.toml"), dir.path().join("example.aocx"));
    std::fs::remove_file(&image).expect("removing");
    assert!(matches!(refused(&dir), Refusal::Image(FileError::Missing { path }) if path == image));
    std::fs::create_dir(&image).expect("making");
    assert!(matches!(refused(&dir), Refusal::Image(FileError::Unreadable { .. })));
    std::fs::remove_file(&manifest).expect("removing");
    let missing = refused(&dir);
    assert!(
        matches!(&missing, Refusal::Manifest(FileError::Missing { path }) if *path == manifest)
    );
    std::fs::create_dir(&manifest).expect("making");
    assert!(matches!(refused(&dir), Refusal::Manifest(FileError::Unreadable { .. })));
}

#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_an_image_does_not_block() {
    let dir = folder(|text| text);
    let image = dir.path().join("example.aocx");
    std::fs::remove_file(&image).expect("removing");
    let made = std::process::Command::new("mkfifo").arg(&image).status().expect("mkfifo");
    assert!(made.success());
    assert!(matches!(refused(&dir), Refusal::Image(FileError::Unreadable { .. })));
}

/// Shows E5.
#[test]
fn a_manifest_of_another_schema_is_refused() {
    let cases = [
        ("schema = 2", "schema = 1", "schema: wanted 2, found 1"),
        ("board = \"pac_a10\"", "bord = \"pac_a10\"", "unknown field `bord`"),
        ("[toe]", "[toe]\nspeed = 1", "unknown field `speed`"),
        ("[built]", "[[extra]]\na = 1\n[built]", "unknown field `extra`"),
        ("board = \"pac_a10\"\n", "", "missing field `board`"),
        ("ii = \"1\"", "ii = 1", "expected a string"),
        ("fmax_mhz = 123.0", "fmax_mhz = nan", "fmax_mhz: wanted a clock above 0"),
        ("fmax_mhz = 123.0", "fmax_mhz = -1.0", "fmax_mhz: wanted a clock above 0"),
        (
            "file = \"example.aocx\"",
            "file = \"../example.aocx\"",
            "image.file: wanted a file's name",
        ),
        ("file = \"example.aocx\"", "file = \"/etc/hostname\"", "image.file: wanted a file's name"),
        ("\"0000000000000000\" ", "\"00\" ", "wanted 16 hex digits in lower case, found \"00\""),
        ("\"d949e0", "\"D949E0", "wanted 64 hex digits in lower case"),
        ("sample", "other", "unknown variant `other`"),
        ("toe1_tx", "toe0_tx", "wanted four different channels"),
        ("toe1_tx", "../tx", "channels.orders_out: wanted letters"),
        ("\"flag\"", "\"replay\"", "channels: wanted none, since a replay has none"),
        ("\"flag\"", "\"live\"", "unknown variant `live`"),
        ("2026-01-01T00:00:00Z", "yesterday", "built.at: wanted a time"),
        ("strict_filler = true", "strict_filler = true\nstrict_filler = true", "duplicate key"),
        ("bytes = 13", "bytes = -13", "invalid value"),
    ];
    for (from, to, reason) in cases {
        let dir = folder(|text| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        });
        let refusal = refused(&dir);
        assert!(matches!(&refusal, Refusal::Manifest(FileError::Invalid { .. })), "{refusal}");
        assert!(refusal.to_string().contains(reason), "{refusal}\nwanted {reason}");
    }
    let dir = folder(|_| "\u{0}".into());
    assert!(matches!(refused(&dir), Refusal::Manifest(FileError::Invalid { .. })));
    std::fs::write(dir.path().join("example.toml"), [0xff, 0xfe]).expect("writing");
    assert!(refused(&dir).to_string().contains("wanted UTF-8 text"));
    let long = folder(|text| text + &"#".repeat(1 << 20));
    assert!(matches!(refused(&long), Refusal::Manifest(FileError::TooLong { .. })));
}

#[test]
fn a_manifest_without_a_loop_is_refused() {
    let dir = folder(|text| {
        let (head, _) = text.split_once("[[loop]]").expect("loops");
        format!("loop = []\n{head}")
    });
    assert!(refused(&dir).to_string().contains("loop: wanted at least one loop, found none"));
}

#[test]
fn what_is_written_is_read_again() {
    let manifest = example();
    let dir = TempDir::new().expect("a folder");
    let path = dir.path().join("again.toml");
    std::fs::write(&path, manifest.to_toml().expect("TOML")).expect("writing");
    assert_eq!(Manifest::read(&path).expect("a manifest"), manifest);
}

#[test]
fn the_recipe_is_what_takes_its_image() {
    let recipe = Recipe::read(&here("arria10-pac.toml")).expect("a recipe");
    let wanted = expected();
    let of = Expected::of(&recipe, wanted.protocol_id, wanted.kernel_id, wanted.source_sha256);
    assert_eq!(of, wanted);
    assert_eq!(
        recipe.macros(),
        [
            "-DTG_IO_MARKET_IN=\"toe0_rx\"",
            "-DTG_IO_MARKET_OUT=\"toe0_tx\"",
            "-DTG_IO_ORDERS_IN=\"toe1_rx\"",
            "-DTG_IO_ORDERS_OUT=\"toe1_tx\"",
            "-DTG_TOE_TEXT=0",
            "-DTG_TOE_PRINTED=0",
            "-DTG_TOE_STRICT=1",
            "-DTG_TOE_PREFIX=0",
            "-DTG_CHECKSUM_POLICY=0",
        ]
    );
    let mut other = recipe.clone();
    other.toe.layout = Layout::Text;
    other.toe.words = Words::Printed;
    other.toe.strict_filler = false;
    other.toe.prefix_bytes = 4;
    other.checksum = Checksum::Disconnect;
    assert_eq!(
        other.macros()[4..],
        [
            "-DTG_TOE_TEXT=1",
            "-DTG_TOE_PRINTED=1",
            "-DTG_TOE_STRICT=0",
            "-DTG_TOE_PREFIX=4",
            "-DTG_CHECKSUM_POLICY=2",
        ]
    );
}

/// A folder of kernels: a wiring, a room that it includes, and one that includes it back.
fn kernels() -> TempDir {
    let dir = TempDir::new().expect("a folder");
    std::fs::create_dir(dir.path().join("room")).expect("making");
    let files = [
        ("wiring.cl", "#include \"room/a.h\"\n#include <ihc_apint.h>\n"),
        ("room/a.h", "#ifdef X\n  #  include \"b.h\"\n#endif\n#include \"compat.h\"\n"),
        ("room/b.h", "#include \"../compat.h\"\n#include \"a.h\"\n"),
        ("compat.h", "// words\n"),
        ("unused.h", "1\n"),
    ];
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).expect("writing");
    }
    dir
}

/// Shows H40.
#[test]
fn the_source_hash_covers_what_the_wiring_includes() {
    let dir = kernels();
    let hash = || source_hash(dir.path(), "wiring.cl").expect("a hash");
    let names: Vec<String> =
        sources(dir.path(), "wiring.cl").expect("sources").into_keys().collect();
    assert_eq!(names, ["compat.h", "room/a.h", "room/b.h", "wiring.cl"]);
    // Computed by another program from the rule in the README.
    let first = hash();
    assert_eq!(
        first.to_string(),
        "c92614aa95bbcb50cace2fc92438549fe9c2fcd413203923068c509fa4b558e2"
    );
    std::fs::write(dir.path().join("unused.h"), "2\n").expect("writing");
    assert_eq!(hash(), first);
    for name in ["compat.h", "room/a.h", "room/b.h", "wiring.cl"] {
        let path = dir.path().join(name);
        let text = std::fs::read_to_string(&path).expect("reading");
        std::fs::write(&path, format!("{text} ")).expect("writing");
        assert_ne!(hash(), first, "{name}");
        std::fs::write(&path, text).expect("writing");
    }
    assert_eq!(hash(), first);
}

#[test]
fn an_include_that_cannot_be_followed_is_an_error() {
    let dir = kernels();
    let cases = [
        ("#include \"room/none.h\"", "wanted a file in the kernels' folder"),
        ("#include \"../../../etc/hostname\"", "wanted a file in the kernels' folder"),
        ("#include \"/etc/hostname\"", "wanted a file in the kernels' folder"),
        ("#include WHERE", "wanted a name in quotes"),
        ("#include \"room/a.h", "wanted a name in quotes"),
    ];
    for (line, reason) in cases {
        std::fs::write(dir.path().join("wiring.cl"), format!("\n{line}\n")).expect("writing");
        let error = source_hash(dir.path(), "wiring.cl").expect_err(line);
        assert!(matches!(&error, SourceError::Include { line: 2, .. }), "{error}");
        assert!(error.to_string().contains(reason), "{error}");
    }
    let error = source_hash(dir.path(), "none.cl").expect_err("no wiring");
    assert!(matches!(error, SourceError::File(FileError::Missing { .. })));
}
