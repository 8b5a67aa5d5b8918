//! Links of earlier versions.
//!
//! The parameters have a version, which the address has as `v`. When a parameter
//! changes its name or meaning, [`VERSION`] grows by one, and [`UPGRADES`] gets a
//! function that rewrites the parameters of the previous version.

/// The version of the links that this page writes.
pub const VERSION: usize = 1;

/// The key of the version. A link without it is of version 1.
pub const VERSION_KEY: &str = "v";

/// The parameters of a link: keys and values, decoded.
type Pairs = Vec<(String, String)>;

/// Rewrites parameters of one version as those of the next.
type Upgrade = fn(&mut Pairs);

/// The first turns version 1 into 2, the second 2 into 3, and so on.
const UPGRADES: [Upgrade; VERSION - 1] = [];

/// Rewrites the parameters of a link as those of this version. Parameters of
/// later versions stay as they are.
pub fn upgrade(pairs: &mut Pairs) {
    upgrade_by(&UPGRADES, pairs);
}

fn upgrade_by(upgrades: &[Upgrade], pairs: &mut Pairs) {
    let version = pairs.iter().rev().find(|(key, _)| key == VERSION_KEY);
    let version = version.and_then(|(_, value)| value.parse().ok()).unwrap_or(1_usize);
    pairs.retain(|(key, _)| key != VERSION_KEY);
    upgrades.iter().skip(version.saturating_sub(1)).for_each(|upgrade| upgrade(pairs));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_links_take_each_step() {
        let upgrades: [Upgrade; 2] = [
            |pairs| pairs.iter_mut().filter(|(key, _)| key == "a").for_each(|(key, _)| *key = "b".to_owned()),
            |pairs| pairs.iter_mut().filter(|(key, _)| key == "b").for_each(|(_, value)| value.push('!')),
        ];
        let check = |link: &[(&str, &str)], expected: &[(&str, &str)]| {
            let owned = |pairs: &[(&str, &str)]| {
                pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect::<Pairs>()
            };
            let mut pairs = owned(link);
            upgrade_by(&upgrades, &mut pairs);
            assert_eq!(pairs, owned(expected));
        };
        check(&[("a", "x")], &[("b", "x!")]);
        check(&[("v", "1"), ("a", "x")], &[("b", "x!")]);
        check(&[("a", "x"), ("b", "y"), ("v", "2")], &[("a", "x"), ("b", "y!")]);
        check(&[("b", "y"), ("v", "3")], &[("b", "y")]);
        check(&[("b", "y"), ("v", "4")], &[("b", "y")]);
        check(&[("b", "y"), ("v", "old")], &[("b", "y!")]);
    }
}
