//! Every rule on its good and bad forms, and on the kernels themselves. `BLESS=1` renews the
//! expected findings.

use kernel_lint::{Error, Input, Report, Rule, collect, lint};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

const RENEW: &str = "BLESS=1 cargo test -p tidegate-kernel-lint";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The fixtures of a folder, named as findings show them.
fn fixtures(folder: &str) -> Vec<Input> {
    let path = root().join("fixtures").join(folder);
    let mut found = collect(&[path]).expect("the fixtures can be read");
    for input in &mut found {
        let file = Path::new(&input.name).file_name().expect("a file has a name");
        input.name = format!("{folder}/{}", file.to_str().expect("names are ASCII"));
    }
    found
}

/// The rule whose name begins a fixture's name.
fn rule_of(input: &Input) -> Rule {
    let file = input.name.rsplit('/').next().unwrap_or_default();
    let mut fitting: Vec<Rule> =
        Rule::ALL.into_iter().filter(|r| file.starts_with(r.name())).collect();
    fitting.sort_by_key(|r| r.name().len());
    fitting.pop().unwrap_or_else(|| panic!("{}: no rule has this name", input.name))
}

fn judge(name: &str, text: &str) -> Report {
    lint(&[Input { name: name.into(), text: text.into() }]).expect("one file is enough")
}

fn shown(report: &Report) -> String {
    report.findings.iter().map(|f| format!("{f}\n")).collect()
}

/// Shows G47.
#[test]
fn every_rule_has_good_and_bad_fixtures() {
    let all: BTreeSet<Rule> = Rule::ALL.into();
    let good: BTreeSet<Rule> = fixtures("good").iter().map(rule_of).collect();
    let bad: BTreeSet<Rule> = fixtures("bad").iter().map(rule_of).collect();
    assert_eq!(good, all, "a good fixture for each rule");
    assert_eq!(bad, all, "a bad fixture for each rule");
}

/// Shows G47, G50.
#[test]
fn good_forms_are_clean() {
    for input in fixtures("good") {
        let report = lint(std::slice::from_ref(&input)).expect("one file is enough");
        assert!(report.findings.is_empty(), "{}", report);
        assert!(report.functions > 0, "{}: nothing was looked at", input.name);
    }
}

/// Shows G47, G48, G49, G50, H38.
#[test]
fn bad_forms_give_the_expected_findings() {
    let folder = root().join("fixtures/bad");
    let mut expected_files = BTreeSet::new();
    for input in fixtures("bad") {
        let report = lint(std::slice::from_ref(&input)).expect("one file is enough");
        let rule = rule_of(&input);
        assert!(
            report.findings.iter().any(|f| f.rule == rule),
            "{}: nothing under {}:\n{report}",
            input.name,
            rule.name()
        );
        let file = format!("{}.expected", input.name.trim_start_matches("bad/"));
        let path = folder.join(&file);
        expected_files.insert(file);
        let found = report.to_string();
        if std::env::var_os("BLESS").is_some() {
            fs::write(&path, &found).expect("the expected findings can be written");
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(found, expected, "{}: renew with {RENEW}", input.name);
    }
    for entry in fs::read_dir(folder).expect("the fixtures can be read") {
        let name = entry.expect("an entry").file_name().into_string().expect("names are ASCII");
        assert!(
            !name.ends_with(".expected") || expected_files.contains(&name),
            "{name} belongs to no fixture"
        );
    }
}

/// The kernels as they are. Without rooms there is nothing to judge yet.
/// Shows G26, G47, H22, H38, Q3.
#[test]
fn the_kernels_are_clean() {
    let kernels = root().join("../../kernels");
    let rooms = fs::read_dir(kernels.join("room")).map_or(0, Iterator::count);
    if rooms == 0 {
        println!("skipped: kernels/room has no file");
        return;
    }
    let mut inputs = collect(std::slice::from_ref(&kernels)).expect("the kernels can be read");
    for input in &mut inputs {
        let short = Path::new(&input.name).strip_prefix(&kernels).expect("it is below");
        input.name = Path::new("kernels").join(short).to_string_lossy().into_owned();
    }
    let report = lint(&inputs).expect("they are some");
    assert!(report.findings.is_empty(), "\n{report}");
    assert!(report.functions > 0 && report.loops > 0, "{report}");
}

/// The better forms compute what the refused ones compute: the flattened `if` on every input, the
/// copy for every count.
/// Shows G48, G50.
#[test]
fn better_forms_are_equal() {
    if Command::new("cc").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "no cc");
        println!("skipped: no cc");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("native");
    let build = Command::new("cc")
        .args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-Wno-unknown-pragmas", "-o"])
        .arg(&program)
        .arg(root().join("tests/native.c"))
        .output()
        .expect("cc starts");
    assert!(build.status.success(), "{}", String::from_utf8_lossy(&build.stderr));
    let run = Command::new(&program).output().expect("it starts");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}");
    assert!(said.starts_with("equal: 8 and 16"), "{said}");
}

/// Shows Q3, A3.
#[test]
fn exit_codes() {
    let run = |arguments: &[&Path]| {
        let out = Command::new(env!("CARGO_BIN_EXE_kernel-lint"))
            .args(arguments)
            .output()
            .expect("it starts");
        let said = String::from_utf8_lossy(&out.stdout) + String::from_utf8_lossy(&out.stderr);
        (out.status.code(), said.into_owned())
    };
    let fixture = |name: &str| root().join("fixtures").join(name);
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);

    let (code, said) = run(&[&fixture("good/one-write.h")]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("files 1, functions 6, loops 4, waivers 1, findings 0"), "{said}");
    assert!(said.contains("waived: one-write: the shape of a published example is kept"), "{said}");
    let (code, said) = run(&[&fixture("bad/unrolled-loops.h")]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("unrolled-loops.h:4: unrolled-loops: this `for` runs to `num`"),
        "{said}"
    );

    // What looked at nothing, or could not look, is not green.
    let refused = |paths: &[&Path], why: &str| {
        let (code, said) = run(paths);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(why), "{said}");
    };
    refused(&[folder.path()], "nothing to lint: no .h or .cl file");
    refused(&[&at("missing")], "cannot read");
    refused(&[Path::new("--strict")], "no option --strict");
    fs::write(at("notes.md"), "").expect("a file");
    refused(&[&at("notes.md")], "neither a folder nor");
    fs::write(at("macros.h"), "#define TG_A 1\n").expect("a file");
    refused(&[folder.path()], "nothing to lint: no function");
    fs::write(at("latin.h"), b"/* \xe9 */\n").expect("a file");
    refused(&[folder.path()], "is not UTF-8");
    assert_eq!(run(&[Path::new("--help")]).0, Some(0));
    assert!(matches!(lint(&[]), Err(Error::Nothing { .. })));
}

/// Shows H38.
#[test]
fn recursion_is_seen_across_files_and_through_macros() {
    let file = |name: &str, text: &str| Input { name: name.into(), text: text.into() };
    let report = lint(&[
        file("stage/a.h", "TG_FN int a(int n)\n{\n    return TG_B(n);\n}\n"),
        file("stage/b.h", "#define TG_B(n) b((n) + 1)\nTG_FN int b(int n) { return a(n); }\n"),
    ])
    .expect("two files");
    let lines: Vec<_> = report.findings.iter().map(|f| (f.file.as_str(), f.line)).collect();
    assert_eq!(lines, [("stage/a.h", 1), ("stage/b.h", 2)], "{report}");
    assert!(report.findings[0].what.contains("by way of `TG_B`, `b`"), "{report}");
}

/// Shows H15.
#[test]
fn rooms_need_their_wiring() {
    let room =
        Input { name: "k/room/toe.h".into(), text: "TG_FN int a(void) { return 1; }\n".into() };
    let report = lint(std::slice::from_ref(&room)).expect("one file");
    assert_eq!(report.findings.len(), 1, "{report}");
    assert_eq!(report.findings[0].file, "k/pipeline_channels.cl");
    let empty = Input { name: "k/pipeline_channels.cl".into(), text: String::new() };
    let report = lint(&[room, empty]).expect("two files");
    let missing =
        report.findings.iter().filter(|f| f.what.contains("is not in the channel wiring"));
    assert_eq!(missing.count(), 7, "{report}");
}

/// A kernel's pointer leads to memory of the card, whatever word stands before it.
/// Shows G26.
#[test]
fn every_pointer_of_a_data_path_kernel_counts() {
    let judged = |name: &str, argument: &str| {
        let text = format!(
            "channel uint c __attribute__((depth(8)));\n__kernel void {name}({argument})\n{{\n    \
             while (1) {{ read_channel_intel(c); }}\n}}\n"
        );
        judge("example.cl", &text).findings.len()
    };
    for pointer in ["TG_STATE uint *rows", "__global uint *rows", "constant ulong *rows"] {
        assert_eq!(judged("indicator", pointer), 1, "{pointer}");
        for beside in ["mirror", "feed", "drain"] {
            assert_eq!(judged(beside, pointer), 0, "{beside}: {pointer}");
        }
    }
    for value in ["", "void", "ulong shift, uint cid"] {
        assert_eq!(judged("indicator", value), 0, "{value}");
    }
}

/// Shows H38.
#[test]
fn stages_may_name_address_spaces_and_constant_tables() {
    let text = "#define TG_TABLE __constant\n\
                TG_TABLE const uint tg_widths[2] = {1u, 2u};\n\
                TG_FN uint tg_row(__global const uint *rows) { return rows[tg_widths[0]]; }\n";
    assert_eq!(shown(&judge("stage/row.h", text)), "");
    let in_room = judge("room/row.h", text);
    assert!(in_room.findings.iter().any(|f| f.what.contains("file-scope array")), "{in_room}");
    assert!(in_room.findings.iter().any(|f| f.what.contains("`__global` in a room")), "{in_room}");
    let plain = judge("stage/row.h", "uint tg_widths[2];\nTG_FN uint tg_row(void) { return 1; }\n");
    assert!(plain.findings.iter().any(|f| f.what.contains("file-scope array")), "{plain}");
}

/// Paths that exclude each other, one line each: whether `x` is written twice on one of them.
/// Shows G49.
#[test]
fn writes_follow_the_paths() {
    let cases = [
        ("x = a;", 0),
        ("x = a; x = b;", 1),
        ("x += a; x++;", 1),
        ("if (a) x = 1; else x = 2;", 0),
        ("if (a) x = 1; else if (b) x = 2; else x = 3;", 0),
        ("if (a) { x = 1; return x; } x = 2;", 0),
        ("if (a) x = 1; x = 2;", 1),
        ("if ((x = a)) x = 2;", 1),
        ("a ? (x = 1) : (x = 2);", 0),
        ("a && (x = 1); x = 2;", 1),
        ("switch (a) { case 1: x = 1; break; case 2: x = 2; break; }", 0),
        ("switch (a) { case 1: x = 1; case 2: x = 2; }", 1),
        ("switch (a) { case 1: x = 1; break; } x = 2;", 1),
        ("switch (a) { case 1: if (b) { } else { x = 1; break; } } x = 2;", 1),
        ("x = 1; switch (a) { case 1: return x; } x = 2;", 1),
        ("x = 1; switch (a) { case 1: return x; default: return b; } x = 2;", 0), // never reached
        ("{ int x = 1; (void)x; } x = 2;", 0),
        ("int y = a; y = b; x = y;", 1),
        ("s.p = a; s.q = b;", 0),
        ("s.p = a; s.p = b;", 1),
        ("s.p = a; s = t;", 1),
        ("s = t; s.p = a; s.q = b;", 0),
        ("s = t; s.p = a; s.p = b;", 1),
        ("s = t; s.q = u; s.q.p = a;", 0),
        ("s = t; s.p = a; s = u;", 1),
        ("*r = t; r->p = a;", 1),
        ("r->s = t; r->s.p = a;", 1),
        ("s = t; TG_UNROLL for (int i = 0; i < 4; i++) { s.v[i] = a; }", 0),
        ("r->s = t; TG_UNROLL for (int i = 0; i < 4; i++) { r->s.v[i] = a; }", 1),
        ("struct s n = t; n.p = a; n.q = b; x = n.p;", 0),
        ("struct s n = t; n.p = a; n.p = b; x = n.p;", 1),
        ("r->p = a; (*r).p = b;", 1),
        ("r->p = a; r = u;", 0),
        ("v[0] = a; v[1] = b;", 0),
        ("v[0] = a; v[0] = b;", 1),
        ("v[a] = 1; v[b] = 2;", 1),
        ("v[TG_A + 1] = 1; v[TG_A + 2] = 2;", 0),
        ("v[0].p = a; v[0].q = b;", 0),
        ("*r = t; *u = t;", 0),
        ("\n#if TG_X\nx = 1;\n#else\nx = 2;\n#endif\n", 0),
        ("\n#if TG_X\nx = 1;\n#endif\nx = 2;\n", 1),
        ("TG_UNROLL for (int i = 0; i < 4; i++) { v[i] = a; }", 0),
        ("TG_UNROLL for (int i = 0; i < 4; i++) { v[i] = a; v[i] = b; }", 1),
        ("TG_UNROLL for (int i = 0; i < 4; i++) { v[i] = a; v[i + 1] = b; }", 0),
        ("v[1] = 1; TG_UNROLL for (int i = 0; i < 4; i++) { v[i] = a; }", 1),
        ("TG_UNROLL for (int i = 0; i < 4; i++) { v[i] = a; } v[3] = 1;", 1),
        ("TG_UNROLL for (int i = 0; i < 4; i++) { v[i] = a; } v[4] = 1;", 0),
        (
            "TG_UNROLL for (int i = 9; i >= 0; i--) v[i] = a; TG_UNROLL for (int i = 10; i < 16; i++) v[i] = b;",
            0,
        ),
        (
            "TG_UNROLL for (int i = 9; i >= 0; i--) v[i] = a; TG_UNROLL for (int i = 9; i < 16; i++) v[i] = b;",
            1,
        ),
        (
            "TG_UNROLL for (int i = 0; i < 4; i++) { v[2 * i] = a; } TG_UNROLL for (int i = 0; i < 4; i++) { v[2 * i + 1] = b; }",
            0,
        ),
        (
            "TG_UNROLL for (int i = 0; i < 2; i++) { TG_UNROLL for (int j = 0; j < 2; j++) { v[2 * i + j] = a; } } v[4] = b;",
            0,
        ),
        (
            "TG_UNROLL for (int i = 0; i < 2; i++) { TG_UNROLL for (int j = 0; j < 2; j++) { v[2 * i + j] = a; } } v[3] = b;",
            1,
        ),
        (
            "TG_UNROLL for (int i = 0; i < TG_X; i++) { v[i] = a; } TG_UNROLL for (int i = 0; i < TG_X; i++) { v[i] = b; }",
            1,
        ),
        ("v[3] = 1; TG_UNROLL for (int i = 0; i < 4; i++) { v[a + i] = a; }", 1),
        ("int y = 0; TG_UNROLL for (int i = 0; i < 4; i++) { y += v[i]; } x = y;", 0),
        ("int y; y = 0; TG_UNROLL for (int i = 0; i < 4; i++) { y += v[i]; } x = y;", 1),
        ("TG_UNROLL for (int i = 0; i < 4; i++) { int y = v[i]; y = y + 1; w[i] = y; }", 1),
        ("TG_UNROLL for (int i = 0; i < 4; i++) { int y; y = v[i]; w[i] = y; }", 0),
        ("TG_UNROLL for (int i = 0; i < 4; i++) { if (a) continue; w[i] = 1; }", 0),
        ("x = sizeof(a = b); a = 1;", 1), // a is a parameter; sizeof writes nothing
    ];
    for (code, expected) in cases {
        let text = format!("TG_FN int f(int a, const int b)\n{{\nint x;\n{code}\nreturn x;\n}}\n");
        let report = judge("room/f.h", &text);
        let writes: Vec<_> = report.findings.iter().filter(|f| f.rule == Rule::OneWrite).collect();
        assert_eq!(writes.len(), expected, "{code}\n{report}");
        let other = report.findings.len() - writes.len();
        assert_eq!(other, 1, "only the missing wiring: {code}\n{report}");
    }
}

/// Shows G47.
#[test]
fn unrolling_must_stand_directly_before_the_loop() {
    let in_a_branch = "TG_FN void f(uint *v)\n{\n    if (v[9])\n#pragma unroll\n\
                       for (uint i = 0; i < 8; i++) v[i] = 1u;\n    else\n#pragma unroll\n\
                       for (uint i = 0; i < 8; i++) v[i] = 2u;\n}\n";
    assert_eq!(shown(&judge("stage/f.h", in_a_branch)), "");
    let judged = |before: &str| {
        let text = format!(
            "#define TG_N 8u\nTG_FN void f(uint *v)\n{{\n{before}\n    for (uint i = 0; i < TG_N; i++) {{ v[i] = 1u; }}\n}}\n"
        );
        judge("stage/f.h", &text).findings.len()
    };
    for good in [
        "#pragma unroll",
        "  # pragma unroll 8",
        "#pragma unroll TG_N",
        "TG_UNROLL",
        "TG_UNROLL /* bytes */",
        "_Pragma(\"unroll\")",
        "#pragma unroll // all\n\n",
    ] {
        assert_eq!(judged(good), 0, "{good}");
    }
    for bad in
        ["", "#pragma ivdep", "#pragma unroll 4", "#pragma unroll\nv[9] = 1u;", "// TG_UNROLL"]
    {
        assert_eq!(judged(bad), 1, "{bad}");
    }
}

/// Statements of a macro are judged where it is used, on the line of its use.
/// Shows G49.
#[test]
fn macros_are_judged_where_they_are_used() {
    let put = "#define T_PUT(to, from, n) { TG_UNROLL for (int i = 0; i < (n); i++) (to)[i] = \\\n    \
               (tg_u8)((from) >> (8 * i)); }\n";
    let list = "#define T_LIST(X) X(1u, 10u) X(2u, 20u)\n";
    let judged = |code: &str| {
        let text = format!(
            "{put}{list}TG_FN uint f(tg_u8 *v, uint a, uint n)\n{{\nuint x;\n{code}\nreturn x;\n}}\n"
        );
        let text = format!(
            "{text}TG_FN void g(tg_u8 *v, uint a) {{ T_PUT(v, a, 2) }}\nTG_FN uint h(uint x) {{ T_LIST(T_IF) return 0u; }}\n"
        );
        judge("stage/f.h", &format!("#define T_IF(k, v) if (x == k) return v;\n{text}"))
    };
    for good in [
        "T_PUT(v, a, 4)\nT_PUT(v + 4, a, 4)\nx = a;",
        "switch (a) {\n#define T_CASE(k, y) case k: x = y; break;\nT_LIST(T_CASE)\n#undef T_CASE\ndefault: x = 0u; break; }",
    ] {
        assert_eq!(shown(&judged(good)), "", "{good}");
    }
    for (bad, line, rule) in [
        ("T_PUT(v, a,\n  4)\nT_PUT(v + 3, a, 4)\nx = a;", 10, Rule::OneWrite),
        ("x = a;\nT_PUT(v, a, n)", 9, Rule::UnrolledLoops),
        ("#define T_SET(k, y) x = y;\nT_LIST(T_SET)", 9, Rule::OneWrite),
    ] {
        let report = judged(bad);
        assert_eq!(report.findings.len(), 1, "{bad}\n{report}");
        assert_eq!((report.findings[0].line, report.findings[0].rule), (line, rule), "{report}");
    }
    // A macro that calls itself and one that grows without end are left alone.
    judge("stage/f.h", "#define A(x) A(x); A(x);\nTG_FN void f(void) { A(1) }\n");
}

/// A `_start` function may loop over a table; a step may not call one.
/// Shows G47.
#[test]
fn setting_up_may_loop_without_unrolling() {
    let start =
        "TG_FN void t_start(uint *v)\n{\n    for (uint i = 0; i < 4096; i++) v[i] = 0;\n}\n";
    assert_eq!(shown(&judge("stage/t.h", start)), "");
    let kernel = "__kernel void k(__global uint *v)\n{\n    t_start(v);\n    \
                  for (uint i = 0; i < 64; i++) v[i] = 1;\n    while (1) {\nSTEP\n    }\n}\n";
    let with = |step: &str| judge("k.cl", &kernel.replace("STEP", step));
    assert_eq!(shown(&with("step(v);")), "");
    for bad in ["t_start(v);", "for (uint i = 0; i < 64; i++) v[i] = 1;"] {
        let report = with(bad);
        assert_eq!(report.findings.len(), 1, "{report}");
        assert_eq!(report.findings[0].rule, Rule::UnrolledLoops, "{report}");
    }
    let step = format!("{start}TG_FN void t_step(uint *v)\n{{\n    t_start(v);\n}}\n");
    assert!(shown(&judge("stage/t.h", &step)).contains("called where steps are made"));
    let variable = start.replace("4096", "v[0]");
    assert!(shown(&judge("stage/t.h", &variable)).contains("not a constant"));
}

/// Whatever is cut off or put in, the lint answers.
#[test]
fn broken_files_are_findings_and_not_panics() {
    for folder in ["good", "bad"] {
        for input in fixtures(folder) {
            for cut in (0..input.text.len()).step_by(13) {
                let head = &input.text[..cut];
                let tail = &input.text[cut..];
                judge(&input.name, head);
                judge(&input.name, tail);
                judge(&input.name, &format!("{head}\u{e9}){{\"\\{tail}"));
            }
        }
    }
    let deep = format!("void f(void) {{ x = {}1{}; }}", "(".repeat(5000), ")".repeat(5000));
    let report = judge("room/f.h", &deep);
    assert!(report.findings.iter().any(|f| f.what.contains("levels deep")), "{report}");
    for text in ["__attribute__", "#define A __attribute__ )\nA", "#", "#define", "'", "\"\\", "/*"]
    {
        judge("k.cl", text);
        judge("room/k.h", text);
    }
}
