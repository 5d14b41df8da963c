//! The steps of `build.sh` that need more than a shell, and the memory budget.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use tidegate_bitstreams::manifest::{
    Built, Channels, Hash, Id, ImageFile, Kernels, Manifest, Recipe, SCHEMA, hash_of, source_hash,
};
use tidegate_bitstreams::{budget, check, report};
use tidegate_protocol::kernel::KERNEL_ID;
use tidegate_protocol::limits::{BEAT_BYTES, HEADER_BYTES, TRAILER_BYTES};
use tidegate_protocol::{PROTOCOL_ID, find};

#[derive(Parser)]
#[command(version, about = "Card images: recipe, report, manifest, check, memory budget.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print what a recipe says, a line a value, for `build.sh`.
    Recipe {
        /// The recipe.
        recipe: PathBuf,
    },
    /// Print the hash of the kernel sources of a recipe's wiring, and the files that it covers.
    Hash {
        /// The recipe.
        recipe: PathBuf,
        /// Folder of the kernels.
        #[arg(long, default_value = "kernels")]
        kernels: PathBuf,
    },
    /// Show the compiler's report and hold it to the rules; exit 1 if it breaks one.
    Report {
        /// Folder that `aoc` made, with `reports` in it.
        project: PathBuf,
        /// The recipe.
        #[arg(long)]
        recipe: PathBuf,
        /// The build is whole: clock and resources too.
        #[arg(long)]
        full: bool,
    },
    /// Write the manifest of an image beside it; exit 1 if the report breaks a rule.
    Manifest {
        /// Folder that `aoc` made.
        project: PathBuf,
        /// The image.
        image: PathBuf,
        /// The recipe.
        #[arg(long)]
        recipe: PathBuf,
        /// Folder of the kernels.
        #[arg(long, default_value = "kernels")]
        kernels: PathBuf,
        /// Who built it.
        #[arg(long)]
        by: String,
        /// When, UTC, as 2026-03-02T09:30:00Z.
        #[arg(long)]
        at: String,
    },
    /// Check an image against its manifest, a recipe and the kernels at hand; exit 1 if it is refused.
    Check {
        /// The manifest; the image stands beside it.
        manifest: PathBuf,
        /// The recipe.
        #[arg(long)]
        recipe: PathBuf,
        /// Folder of the kernels.
        #[arg(long, default_value = "kernels")]
        kernels: PathBuf,
    },
    /// Show which memories fit on the die, in M20K blocks, and which go to DDR.
    Budget {
        /// The list of memories.
        #[arg(long, default_value = "bitstreams/memories.toml")]
        memories: PathBuf,
        /// M20K blocks of the die.
        #[arg(long, default_value_t = budget::DIE_BLOCKS)]
        die_blocks: u64,
        /// M20K blocks of BSP and TOEs.
        #[arg(long, default_value_t = budget::BSP_BLOCKS)]
        bsp_blocks: u64,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Recipe { recipe } => {
            let recipe = Recipe::read(&recipe)?;
            println!("name={}", recipe.name);
            println!("board={}", recipe.board);
            println!("wiring={}", recipe.wiring);
            println!("compiler={}", recipe.compiler.name);
            println!("version={}", recipe.compiler.version);
            println!("bsp_name={}", recipe.bsp.name);
            println!("bsp_version={}", recipe.bsp.version);
            for (_, channel) in recipe.channels.iter().flat_map(Channels::each) {
                println!("channel={channel}");
            }
            for flag in recipe.macros() {
                println!("macro={flag}");
            }
        }
        Command::Hash { recipe, kernels } => {
            let recipe = Recipe::read(&recipe)?;
            let sources = tidegate_bitstreams::manifest::sources(&kernels, &recipe.wiring)?;
            println!("{}", source_hash(&kernels, &recipe.wiring)?);
            for (name, bytes) in sources {
                println!("{:>8} {name}", bytes.len());
            }
        }
        Command::Report { project, recipe, full } => {
            let recipe = Recipe::read(&recipe)?;
            let (findings, _) = judge(&project, &recipe, full)?;
            if findings > 0 {
                bail!("the report breaks {findings} rule(s)");
            }
        }
        Command::Manifest { project, image, recipe, kernels, by, at } => {
            let recipe = Recipe::read(&recipe)?;
            let path = write_manifest(&project, &image, &recipe, &kernels, Built { by, at })?;
            println!("{}", path.display());
        }
        Command::Check { manifest, recipe, kernels } => {
            let recipe = Recipe::read(&recipe)?;
            let sources = source_hash(&kernels, &recipe.wiring)?;
            let expected = check::Expected::of(&recipe, Id(PROTOCOL_ID), Id(KERNEL_ID), sources);
            let (manifest, checked) = check::check_file(&manifest, &expected)?;
            println!("{}: {} bytes, {}", manifest.name, checked.bytes(), checked.sha256());
        }
        Command::Budget { memories, die_blocks, bsp_blocks } => {
            let memories = budget::read_memories(&memories)?;
            print!("{}", budget::table(&budget::place(&memories, die_blocks, bsp_blocks)?));
        }
    }
    Ok(())
}

/// Shows a report and what is wrong with it; how many rules it breaks, and the report.
fn judge(
    project: &Path,
    recipe: &Recipe,
    full: bool,
) -> Result<(usize, (report::Report, Option<report::Fit>))> {
    let found = report::read_report(project, recipe)?;
    println!("{} for {}", found.compiler, found.target);
    println!("{:<12} {:<28} {:<24} {:>6}", "kernel", "loop", "place", "II");
    for kernel in &found.kernels {
        for each in &kernel.loops {
            let place = each.place.as_deref().unwrap_or("");
            println!(
                "{:<12} {:<28} {place:<24} {:>6}",
                kernel.name,
                each.name,
                each.ii.to_string()
            );
        }
    }
    let mut findings = report::judge_loops(&found, recipe);
    let fit = if full { Some(report::read_fit(project)?) } else { None };
    if let Some(fit) = &fit {
        println!("clock {} MHz, timing allows {} MHz", fit.clock_mhz, fit.fmax_mhz);
        let rows = [
            ("ALM", fit.used.alm, fit.available.alm),
            ("M20K", fit.used.m20k, fit.available.m20k),
            ("DSP", fit.used.dsp, fit.available.dsp),
        ];
        for (name, used, available) in rows {
            println!("{name:<4} {used:>8} of {available}");
        }
        // A trade behind the header word of a packet of its own, at the slowest loop's II.
        let words = 1 + trade_bytes().div_ceil(BEAT_BYTES as u32);
        if let Some(ii) = report::slowest(&found, recipe) {
            let ns = report::ns_per_message(words, ii, fit.clock_mhz);
            println!("a trade: {words} words x II {ii} / {} MHz = {ns:.2} ns", fit.clock_mhz);
        }
        findings.extend(report::judge_fit(fit, recipe));
    }
    for finding in &findings {
        eprintln!("{finding}");
    }
    Ok((findings.len(), (found, fit)))
}

/// Bytes of a frame of 300191.
fn trade_bytes() -> u32 {
    let body = find(300_191).map_or(0, |message| message.min_body_bytes);
    (HEADER_BYTES + TRAILER_BYTES) as u32 + body
}

fn write_manifest(
    project: &Path,
    image: &Path,
    recipe: &Recipe,
    kernels: &Path,
    built: Built,
) -> Result<PathBuf> {
    let (findings, (found, fit)) = judge(project, recipe, true)?;
    let Some(fit) = fit.filter(|_| findings == 0) else {
        bail!("no manifest: the report breaks {findings} rule(s)");
    };
    let file = std::fs::File::open(image).with_context(|| image.display().to_string())?;
    let (sha256, bytes): (Hash, u64) =
        hash_of(file).with_context(|| image.display().to_string())?;
    let name = image.file_name().and_then(|name| name.to_str()).context("the image has no name")?;
    let manifest = Manifest {
        schema: SCHEMA,
        name: recipe.name.clone(),
        board: recipe.board.clone(),
        build: recipe.build,
        checksum: recipe.checksum,
        fmax_mhz: fit.clock_mhz,
        bsp: recipe.bsp.clone(),
        compiler: recipe.compiler.clone(),
        channels: recipe.channels.clone(),
        toe: recipe.toe,
        kernels: Kernels {
            wiring: recipe.wiring.clone(),
            source_sha256: source_hash(kernels, &recipe.wiring)?,
            protocol_id: Id(PROTOCOL_ID),
            kernel_id: Id(KERNEL_ID),
        },
        resources: fit.used,
        image: ImageFile { file: name.to_owned(), bytes, sha256 },
        built,
        loops: report::loops(&found),
        depths: Vec::new(),
    };
    if let Some(reason) = manifest.wrong() {
        bail!("no manifest: {reason}");
    }
    let path = image.with_extension("toml");
    std::fs::write(&path, manifest.to_toml()?).with_context(|| path.display().to_string())?;
    Ok(path)
}
