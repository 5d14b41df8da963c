//! What the reports' pages are made of: one file each, without network, script or font.
//!
//! Everything that comes from a file goes through [`html::escape`]; colours are those of [`palette`], in light and
//! dark; drawings are SVG text from [`svg`].

#![forbid(unsafe_code)]

use std::fmt::Write;

use crate::palette::{DARK, LIGHT, Palette};

pub mod html;
pub mod palette;
pub mod svg;

const STYLE: &str = include_str!("page.css");

/// The beginning of a page up to and with `<main>`; `style` is what it needs beside the common style.
pub fn start(title: &str, style: &str) -> String {
    let mut out = String::with_capacity(1 << 17);
    out += "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">";
    out += "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">";
    // Even text that got through could load and run nothing.
    out += "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">";
    let _ = write!(
        out,
        "<title>{}</title><style>{}{style}</style></head><body><main>",
        html::escape(title),
        common()
    );
    out
}

/// The end of a page.
pub const END: &str = "</main></body></html>\n";

fn common() -> String {
    let variables = |of: &Palette| {
        let mut text = format!(
            "--ground:{};--raised:{};--ink:{};--quiet:{};--grid:{};--alarm:{};",
            of.ground, of.raised, of.ink, of.quiet, of.grid, of.alarm
        );
        for (at, hue) in of.hues.iter().enumerate() {
            let _ = write!(text, "--h{at}:{hue};");
        }
        text
    };
    let (light, dark) = (variables(&LIGHT), variables(&DARK));
    let mut hues = String::new();
    for at in 0..LIGHT.hues.len() {
        let _ = write!(hues, ".h{at}{{stroke:var(--h{at})}}.f{at}{{fill:var(--h{at})}}");
    }
    // Paper is white, whatever the screen was.
    format!(
        ":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}{hues}{STYLE}"
    )
}
