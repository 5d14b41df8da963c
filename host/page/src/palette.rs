//! Colours: chosen so that any two lines can be told apart, by readers who do not see all colours too.
//!
//! Tests compute it: each hue has at least 3:1 against its ground, text has 4.5:1, and any two hues keep a distance in
//! OKLab as seen with full sight and with each of the three kinds of colour blindness.

/// The colours of a ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// Ground of the page.
    pub ground: &'static str,
    /// Ground of tables' heads and of notes.
    pub raised: &'static str,
    /// Text.
    pub ink: &'static str,
    /// Text that is less important, axes.
    pub quiet: &'static str,
    /// Grid and borders.
    pub grid: &'static str,
    /// What is wrong.
    pub alarm: &'static str,
    /// A hue a series.
    pub hues: [&'static str; 5],
}

/// On white.
pub const LIGHT: Palette = Palette {
    ground: "#fcfcfb",
    raised: "#f2f3f1",
    ink: "#1c1d1f",
    quiet: "#5b5e63",
    grid: "#dfe0dd",
    alarm: "#b3191f",
    hues: ["#425da4", "#aa3914", "#2e9d9f", "#641a3e", "#b8870d"],
};

/// On black.
pub const DARK: Palette = Palette {
    ground: "#191a1c",
    raised: "#242628",
    ink: "#ececea",
    quiet: "#a6a9ad",
    grid: "#3a3c3f",
    alarm: "#ff8078",
    hues: ["#3ea8fd", "#f96705", "#25f4e5", "#9a678e", "#fdd444"],
};

/// The hue of a series, and how often the hues went round before it: then its dashes tell it apart.
pub fn hue(series: usize) -> (usize, usize) {
    (series % LIGHT.hues.len(), series / LIGHT.hues.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Rgb = [f64; 3];

    fn linear(hex: &str) -> Rgb {
        [1, 3, 5].map(|at| {
            let byte = u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal");
            let share = f64::from(byte) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn times(matrix: [[f64; 3]; 3], of: Rgb) -> Rgb {
        matrix.map(|row| row[0] * of[0] + row[1] * of[1] + row[2] * of[2])
    }

    /// WCAG 2.
    fn contrast(a: &str, b: &str) -> f64 {
        let light = |hex| {
            let [r, g, b] = linear(hex);
            0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05
        };
        let (a, b) = (light(a), light(b));
        a.max(b) / a.min(b)
    }

    fn oklab(of: Rgb) -> Rgb {
        const CONES: [[f64; 3]; 3] = [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ];
        const LAB: [[f64; 3]; 3] = [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ];
        times(LAB, times(CONES, of).map(f64::cbrt))
    }

    /// Machado, Oliveira and Fernandes 2009, severity 1: none, protan, deutan, tritan.
    const SIGHTS: [[[f64; 3]; 3]; 4] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ],
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ],
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ],
    ];

    #[test]
    fn everything_stands_out_from_its_ground() {
        for of in [LIGHT, DARK] {
            for ground in [of.ground, of.raised] {
                for text in [of.ink, of.quiet, of.alarm] {
                    assert!(contrast(text, ground) >= 4.5, "{text} on {ground}");
                }
            }
            for hue in of.hues {
                assert!(contrast(hue, of.ground) >= 3.0, "{hue} on {}", of.ground);
            }
            assert!(contrast(of.grid, of.ground) < 2.0, "the grid stays behind");
        }
    }

    #[test]
    fn any_two_hues_can_be_told_apart_by_every_sight() {
        for of in [LIGHT, DARK] {
            for (at, a) in of.hues.iter().enumerate() {
                for b in &of.hues[..at] {
                    for sight in SIGHTS {
                        let seen = |hex: &str| {
                            oklab(times(sight, linear(hex)).map(|share| share.clamp(0.0, 1.0)))
                        };
                        let (a_seen, b_seen) = (seen(a), seen(b));
                        let parts = a_seen.iter().zip(b_seen).map(|(a, b)| (a - b).powi(2));
                        let distance = parts.sum::<f64>().sqrt() * 100.0;
                        assert!(distance >= 12.0, "{a} and {b}: {distance:.1}");
                    }
                }
            }
        }
    }
}
