//! A real browser driven against the real page.
