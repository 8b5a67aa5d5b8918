//! High Contrast: the system's colors, on which every glyph and icon can be seen.

use anyhow::{Result, ensure};
use passgrid_browser_tests::{Scheme, scenario};

use crate::steps;

/// Glyphs and icons, which are masks over a color: how many there are; those that have the
/// color of what is behind them, and texts that cannot be read.
const SEEN_AND_LOST: &str = "(() => {
    const isClear = (color) => color === 'transparent' || /^rgba\\(.*, 0\\)$/.test(color);
    const behind = (element) => {
        for (; element; element = element.parentElement) {
            const color = getComputedStyle(element).backgroundColor;
            if (!isClear(color)) return color;
        }
        return 'none';
    };
    const canvas = getComputedStyle(document.body).backgroundColor;
    let seen = 0;
    const lost = [];
    for (const element of document.querySelectorAll('#app *')) {
        if (!element.checkVisibility()) continue;
        // The browser puts the canvas behind text, unless the page sets the colors of both.
        const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
        const around = behind(element);
        if (hasText && around !== canvas && getComputedStyle(element).forcedColorAdjust !== 'none') {
            lost.push(`“${element.textContent}” on ${around}`);
        }
        for (const part of ['', '::before', '::after']) {
            const style = getComputedStyle(element, part || null);
            const isShown = part === '' || style.content !== 'none';
            if (style.maskImage === 'none' || !isShown || style.display === 'none') continue;
            seen += 1;
            const around = behind(part === '' ? element.parentElement : element);
            if (isClear(style.backgroundColor) || style.backgroundColor === around) {
                lost.push(`${element.className}${part}: ${style.backgroundColor} on ${around}`);
            }
        }
    }
    return [seen, [...new Set(lost)]];
})()";

#[tokio::test]
async fn every_glyph_and_text_can_be_seen() -> Result<()> {
    scenario(async |t| {
        t.page.prefer(Scheme::HighContrast).await?;
        t.open_report("?demo").await?;
        t.page.until_text("Needs attention").await?;
        for view in ["Overview", "Grid", "Tests", "Failures", "Flaky", "History", "Compare", "Timing", "Sessions", "Files"] {
            steps::go_to(t, view).await?;
            t.page
                .until_true("document.querySelector('main :is(.o-failed, .severity-warning, .history-cell, .table-row)') !== null")
                .await?;
            let (seen, lost): (u32, Vec<String>) = t.page.evaluate(SEEN_AND_LOST).await?;
            ensure!(seen > 5, "{view}: only {seen} glyphs");
            ensure!(lost.is_empty(), "{view}: {lost:#?}");
        }
        Ok(())
    })
    .await
}
