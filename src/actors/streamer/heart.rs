//! The heartbeat of a stream.

use std::{
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use chrono::SecondsFormat;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use crate::clock;

/// How much too early, as a part of the time between two, a heartbeat goes along with something else that is sent: alone it costs a
/// wake-up and a write of its own, which is as much as an activity. So a stream on which something happens all the time
/// has no write that is only a heartbeat.
const EARLY_PART: u32 = 10;

/// When the next heartbeat is due. Polled by the streamer or by the body, whichever of the two is at work.
pub(super) struct Heart {
    every: Duration,
    timer: Interval,
    /// From when on it may go along.
    early: Instant,
}

impl Heart {
    /// Beats from now on.
    pub(super) fn new(every: Duration) -> Self {
        let now = Instant::now();
        let mut timer = interval_at(now + every, every);
        // A client measures from when it got the last one.
        timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            every,
            timer,
            early: early(now, every),
        }
    }

    /// Ready when it is to beat.
    pub(super) fn poll_due(&mut self, context: &mut Context<'_>) -> Poll<()> {
        ready!(self.timer.poll_tick(context));
        self.early = early(Instant::now(), self.every);
        Poll::Ready(())
    }

    /// What is about to be sent, with a heartbeat behind it if one is due soon.
    pub(super) fn beat_along(&mut self, sent: Bytes, head: i64) -> Bytes {
        let now = Instant::now();
        if now < self.early {
            return sent;
        }
        self.timer.reset();
        self.early = early(now, self.every);
        let beat = self.beat(head);
        let mut both = BytesMut::with_capacity(sent.len() + beat.len());
        both.extend_from_slice(&sent);
        both.extend_from_slice(&beat);
        both.freeze()
    }

    /// Says that the stream lives, how far the log is, and how soon it will say so again at the latest: a client that measured that
    /// would take one early heartbeat for another rhythm.
    pub(super) fn beat(&self, head: i64) -> Bytes {
        let timestamp = clock::now().to_rfc3339_opts(SecondsFormat::Millis, true);
        let interval_ms = self.every.as_millis();
        // As it stands here: the most frequent event but for activities, and there is nothing in it to escape.
        format!(
            "event: heartbeat\ndata: {{\"status\":\"alive\",\"timestamp\":\"{timestamp}\",\"head\":{head},\"interval_ms\":{interval_ms}}}\n\n"
        )
        .into()
    }
}

fn early(beaten: Instant, every: Duration) -> Instant {
    beaten + every - every / EARLY_PART
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, time::Duration};

    use bytes::Bytes;
    use futures_util::future::poll_immediate;
    use tokio::time::{Instant, advance};

    use super::Heart;

    #[tokio::test(start_paused = true)]
    async fn a_heartbeat_goes_along_with_what_is_sent_when_it_is_nearly_due_and_the_next_is_counted_from_there()
     {
        let every = Duration::from_secs(10);
        let mut heart = Heart::new(every);
        let sent = Bytes::from("id: 1\ndata: {}\n\n");
        advance(Duration::from_millis(8_900)).await;
        assert_eq!(heart.beat_along(sent.clone(), 1), sent);
        advance(Duration::from_millis(200)).await;
        let both = heart.beat_along(sent.clone(), 7);
        let beat = both.strip_prefix(&*sent).expect("what is sent comes first");
        let beat = std::str::from_utf8(beat).expect("text");
        assert!(beat.starts_with("event: heartbeat\ndata: {") && beat.contains("\"head\":7"));
        assert_eq!(heart.beat_along(sent.clone(), 7), sent, "once is enough");
        let beaten = Instant::now();
        let due = poll_fn(|context| heart.poll_due(context));
        due.await;
        assert_eq!(beaten.elapsed(), every);
        // And the one that was due by itself counts as well.
        assert_eq!(heart.beat_along(sent.clone(), 7), sent);
        let due = poll_fn(|context| heart.poll_due(context));
        assert!(poll_immediate(due).await.is_none());
    }
}
