//! Files that another page hands over: read only after a person has allowed its origin.

use super::Loading;
use crate::browser::document;
use crate::browser::handoff::{self, Offer};
use leptos::prelude::*;

/// The key of the origins that a person allowed for good, one per line.
const ALLOWED: &str = "handoff-origins";

impl Loading {
    /// Accepts files of the page that opened this one, once a person has allowed that.
    pub fn accept_handoffs(self) {
        handoff::listen(move |offer| {
            let answered = self.answered.with_value(|answered| {
                answered.iter().find(|(origin, _)| *origin == offer.origin).map(|(_, allows)| *allows)
            });
            match answered.or(is_allowed(&offer.origin).then_some(true)) {
                Some(true) => self.take_over(offer),
                Some(false) => handoff::answer(&offer.origin, "refused"),
                // What comes while a person is asked is added to what they are asked about.
                None => self.offered.update(|offered| match offered {
                    Some(have) if have.origin == offer.origin => have.files.extend(offer.files),
                    _ => *offered = Some(offer),
                }),
            }
        });
    }

    /// Takes a person's answer about the page that offers files.
    pub fn answer_offer(self, allows: bool, for_good: bool) {
        let Some(offer) = self.offered.try_update(Option::take).flatten() else {
            return;
        };
        self.answered.update_value(|answered| answered.push((offer.origin.clone(), allows)));
        if !allows {
            return handoff::answer(&offer.origin, "refused");
        }
        if for_good && offer.origin != "null" {
            let have = document::remembered(ALLOWED).unwrap_or_default();
            document::remember(ALLOWED, format!("{have}\n{}", offer.origin).trim());
        }
        self.take_over(offer);
    }

    fn take_over(self, offer: Offer) {
        handoff::answer(&offer.origin, "accepted");
        self.load(offer.files);
    }
}

/// Whether a person allowed an origin for good. Pages without one (files, sandboxes) share the name "null".
fn is_allowed(origin: &str) -> bool {
    let allowed = document::remembered(ALLOWED).unwrap_or_default();
    origin != "null" && allowed.lines().any(|line| line == origin)
}
