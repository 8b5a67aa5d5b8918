//! Contrast of the style sheet's colors: terminal output and lines of charts.

use crate::dropped::folder;

type Rgb = [f64; 3];

/// Light and dark of a token of the style sheet.
fn token(name: &str) -> [Rgb; 2] {
    let sheet = std::fs::read_to_string(folder("style/tokens.css")).unwrap();
    let (_, value) = sheet.split_once(&format!("  --{name}: light-dark(")).unwrap();
    let (values, _) = value.split_once(')').unwrap();
    let (light, dark) = values.split_once(", ").unwrap();
    [light, dark].map(|hex| [1, 3, 5].map(|at| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap())))
}

/// Relative luminance, as WCAG 2.2 defines it.
fn luminance(color: Rgb) -> f64 {
    let [r, g, b] = color.map(|part| match part / 255.0 {
        part if part <= 0.04045 => part / 12.92,
        part => ((part + 0.055) / 1.055).powf(2.4),
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The color that `.a-bg…` gives, by the share in the style sheet.
fn background(color: Rgb, surface: Rgb) -> Rgb {
    let sheet = std::fs::read_to_string(folder("style/marks.css")).unwrap();
    let (_, share) = sheet.split_once("color-mix(in srgb, var(--bg) ").unwrap();
    let share = share.split_once('%').unwrap().0.parse::<f64>().unwrap() / 100.0;
    [0, 1, 2].map(|part| color[part] * share + surface[part] * (1.0 - share))
}

#[test]
fn terminal_colors_are_legible() {
    let colors: Vec<[Rgb; 2]> = (0..16).map(|index| token(&format!("ansi-{index}"))).collect();
    let [surface, surface_2] = ["surface", "surface-2"].map(token);
    for scheme in 0..2 {
        for (index, color) in colors.iter().enumerate() {
            let others = colors.iter().map(|other| background(other[scheme], surface[scheme]));
            let worst = [surface[scheme], surface_2[scheme]]
                .into_iter()
                .chain(others)
                .map(|behind| contrast(color[scheme], behind))
                .fold(f64::INFINITY, f64::min);
            assert!(worst >= 4.5, "--ansi-{index} in scheme {scheme}: {worst}");
        }
    }
}

#[test]
fn lines_of_charts_are_visible() {
    let surface = token("surface");
    for index in 1..=8 {
        let line = token(&format!("chart-{index}"));
        for scheme in 0..2 {
            let contrast = contrast(line[scheme], surface[scheme]);
            assert!(contrast >= 3.0, "--chart-{index} in scheme {scheme}: {contrast}");
        }
    }
}

#[test]
fn bright_colors_differ_from_the_others() {
    for index in 0..8 {
        assert_ne!(token(&format!("ansi-{index}")), token(&format!("ansi-{}", index + 8)));
    }
}
