//! When the database is in trouble, and what becomes of each thing it is asked.

use std::time::Duration;

use tokio::time::Instant;

use crate::support::Chance;

/// Within so long after the begin all trouble is over.
const HEALED_WITHIN_MS: usize = 60_000;

/// What becomes of one thing the database is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is done.
    Answers,
    /// The database says that it is away.
    Fails,
    /// There is no answer for longer than anybody waits.
    Silent,
    /// Whoever asks crashes.
    Crashes,
}

/// What the database is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    ToWrite,
    ToRead,
}

/// The troubles of one run.
pub(super) struct Weather {
    spells: Vec<Spell>,
    /// Of so many things asked outside of all spells, one fails all the same.
    calm: usize,
    healed_at: Instant,
}

/// For how long everything fails, or is silent, or does now this and now that.
struct Spell {
    from: Instant,
    until: Instant,
    fate: Option<Fate>,
    concerns: Option<Asked>,
}

impl Weather {
    pub(super) fn new(chance: &mut Chance) -> Self {
        let now = Instant::now();
        let healed_at = now + Duration::from_secs(1) + chance.millis(HEALED_WITHIN_MS);
        let spells = (0..chance.below(5)).map(|_| Spell::new(now, chance));
        Self {
            spells: spells.collect(),
            calm: [20, 100, 1_000][chance.below(3)],
            healed_at,
        }
    }

    /// From when on everything is answered.
    pub(super) fn healed_at(&self) -> Instant {
        self.healed_at
    }

    /// What becomes of something that is asked now.
    pub(super) fn fate(&self, asked: Asked, chance: &mut Chance) -> Fate {
        let now = Instant::now();
        if now >= self.healed_at {
            return Fate::Answers;
        }
        let spell = self.spells.iter().find(|spell| spell.is_on(now, asked));
        match spell {
            Some(Spell {
                fate: Some(fate), ..
            }) => *fate,
            Some(_) => Self::any(chance.below(8)),
            None => Self::any(chance.below(4 * self.calm)),
        }
    }

    fn any(drawn: usize) -> Fate {
        match drawn {
            0 | 1 => Fate::Fails,
            2 => Fate::Silent,
            3 => Fate::Crashes,
            _ => Fate::Answers,
        }
    }
}

impl Spell {
    fn new(now: Instant, chance: &mut Chance) -> Self {
        let from = now + chance.millis(HEALED_WITHIN_MS / 2);
        let long = [300, 3_000, 12_000, 40_000][chance.below(4)];
        Self {
            from,
            until: from + chance.millis(long),
            fate: [Some(Fate::Fails), Some(Fate::Silent), None][chance.below(3)],
            concerns: [None, None, Some(Asked::ToWrite), Some(Asked::ToRead)][chance.below(4)],
        }
    }

    fn is_on(&self, now: Instant, asked: Asked) -> bool {
        let concerned = self.concerns.is_none_or(|concerned| concerned == asked);
        concerned && (self.from..self.until).contains(&now)
    }
}
