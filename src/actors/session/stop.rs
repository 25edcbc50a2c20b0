//! A stop that is typed does not wait behind what it is to end.
//!
//! Only a language model makes a turn long; without one everything has its turn in order. With one, a stop has its turn before
//! what waits, cuts off what is being written (`model.rs`), and leaves what was said before it and had no turn yet, with words
//! that say so: a command that begins right after a stop is what nobody expects. Messages that were queued are not touched:
//! they wait for the end of what runs, however that ends.

use super::{
    Parts, Session,
    turn::{Declined, Turn},
};
use crate::{agent, db::message::Message, domain::message::Role};

impl Session {
    /// Before a stop, ends or leaves what it is to end; before anything else, nothing.
    pub(super) fn make_way(&mut self, turn: &Turn) {
        if !self.is_stop(turn) {
            return;
        }
        self.halt.cancel();
        let parts = &self.parts;
        for waiting in self.turns.iter_mut().skip(usize::from(self.taking)) {
            // Another stop has the same to say.
            if let Turn::Answer(message) = waiting
                && !stops(parts, message)
            {
                *waiting = Turn::Decline(message.clone(), Declined::Stopped);
            }
        }
    }

    /// Where a turn has its place: a stop right after what is being taken and the stops before it, all else at the end.
    pub(super) fn place_of(&self, turn: &Turn) -> usize {
        let taken = usize::from(self.taking);
        let waiting = self.turns.iter().skip(taken);
        match self.is_stop(turn) {
            true => taken + waiting.take_while(|turn| self.is_stop(turn)).count(),
            false => self.turns.len(),
        }
    }

    fn is_stop(&self, turn: &Turn) -> bool {
        matches!(turn, Turn::Answer(message) if stops(&self.parts, message))
    }
}

/// Whether a message does not wait for what was said before it.
pub(super) fn stops(parts: &Parts, message: &Message) -> bool {
    let is_said = message.role == Role::User && !message.queued;
    parts.model.is_some() && is_said && agent::says_stop(&message.content)
}
