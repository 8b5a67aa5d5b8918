//! Texts of figures.

/// Escapes a text for plotly.js, which interprets a few HTML tags and entities.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Formats a rate from 0 to 1 in percent with at most one decimal. Only 1 becomes
/// "100", and only 0 becomes "0": 0.9996 is "99.9".
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
    fn only_a_rate_of_1_is_100_percent() {
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
