//! Names of tests and other long names.

use leptos::prelude::*;

/// How many characters at the end of a name stay visible, if no word begins near.
const TAIL: usize = 10;

/// Suite and class, joined; either may be "".
pub fn around(suite: &str, class: &str) -> String {
    let separator = if suite.is_empty() || class.is_empty() { "" } else { " › " };
    format!("{suite}{separator}{class}")
}

/// A test's name, then its suite and class, dimmed; all of it on hover.
#[component]
pub fn TestName(suite: String, class: String, name: String) -> impl IntoView {
    let around = around(&suite, &class);
    let title = if around.is_empty() { name.clone() } else { format!("{around} › {name}") };
    view! {
        <span class="test-name" title=title>
            <span class="test-name-name">{name}</span>
            {(!around.is_empty()).then(|| view! { <span class="test-name-around">{around}</span> })}
        </span>
    }
}

/// A name that is shortened in the middle if there is no room: names of similar
/// tests often differ at the end. Assistive technology gets the whole name.
#[component]
pub fn CutName(#[prop(into)] name: String) -> impl IntoView {
    let tail = tail_of(&name);
    if tail < TAIL {
        return view! { <span class="cut">{name}</span> }.into_any();
    }
    let (head, tail) = (name[..tail].to_owned(), name[tail..].to_owned());
    view! {
        <span class="cut">
            <span class="visually-hidden">{name}</span>
            <span class="cut-shown" aria-hidden="true">
                <span class="cut-head">{head}</span>
                <span class="cut-tail">{tail}</span>
            </span>
        </span>
    }
    .into_any()
}

/// A path that is shortened at its start if there is no room: its end tells files
/// apart.
#[component]
pub fn CutPath(#[prop(into)] path: String) -> impl IntoView {
    // Text from right to left is cut at its left.
    view! {
        <span class="cut-path" dir="rtl">
            <bdi dir="ltr">{path}</bdi>
        </span>
    }
}

/// A text in which parts between backticks are code.
pub fn with_code(text: &str) -> impl IntoView + use<> {
    let pieces = text.split('`').map(str::to_owned).zip([false, true].into_iter().cycle());
    pieces
        .filter(|(piece, _)| !piece.is_empty())
        .map(
            |(piece, is_code)| {
                if is_code { view! { <code>{piece}</code> }.into_any() } else { piece.into_any() }
            },
        )
        .collect_view()
}

/// The byte at which the end of a name begins that stays visible: at the start
/// of a word, if one is near.
fn tail_of(name: &str) -> usize {
    let mut tail = 0;
    let mut before = None;
    for (count, (at, c)) in name.char_indices().rev().enumerate().take(TAIL + 7) {
        let is_start = before.is_some_and(char::is_alphanumeric) && !c.is_alphanumeric();
        if is_start && (4..=TAIL + 6).contains(&count) {
            tail = at + c.len_utf8();
        }
        before = Some(c);
    }
    match tail {
        0 => name.char_indices().rev().nth(TAIL - 1).map_or(0, |(at, _)| at),
        tail => tail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_starts_at_a_word() {
        let name = "test_connects_to_network[wifi-5GHz]";
        assert_eq!(&name[tail_of(name)..], "wifi-5GHz]");
    }

    #[test]
    fn without_a_word_the_tail_has_a_fixed_length() {
        let name = "abcdefghijklmnopqrstuvwxyz";
        assert_eq!(&name[tail_of(name)..], "qrstuvwxyz");
    }

    #[test]
    fn a_short_name_has_no_head() {
        assert_eq!(tail_of("boot"), 0);
        assert_eq!(tail_of(""), 0);
    }

    #[test]
    fn the_tail_starts_at_a_character() {
        let name = "äöüäöüäöüäöüäöüäöüäöü";
        assert_eq!(name[tail_of(name)..].chars().count(), TAIL);
    }

    #[test]
    fn suite_and_class_are_joined() {
        assert_eq!(around("audio", "Speaker"), "audio › Speaker");
        assert_eq!(around("", "Speaker"), "Speaker");
        assert_eq!(around("", ""), "");
    }
}
