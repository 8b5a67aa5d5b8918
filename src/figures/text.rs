//! Texts of figures.

/// Escapes a text for plotly.js, which interprets a few HTML tags and entities.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A rate from 0 to 1 in percent with at most one decimal. Only a rate of 1 is
/// "100" and only a rate of 0 is "0": 0.9996 is "99.9".
pub fn percent(rate: f64) -> String {
    if rate == 0.0 || rate == 1.0 {
        return format!("{}", rate * 100.0);
    }
    format!("{:.1}", (rate * 100.0).clamp(0.1, 99.9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_all_is_100_percent() {
        assert_eq!(
            [0.0, 1e-9, 0.5, 0.975, 0.9996, 1.0].map(percent),
            ["0", "0.1", "50.0", "97.5", "99.9", "100"]
        );
    }

    #[test]
    fn tags_are_escaped() {
        assert_eq!(escaped("<b>a & b</b>"), "&lt;b&gt;a &amp; b&lt;/b&gt;");
    }
}
