//! What can be made to happen where, and what is expected of it.

use std::{fmt, ops::RangeInclusive};

use project_manager::failpoint::{FailPoint, Fault};
use strum::IntoEnumIterator as _;

/// One thing that happens at one point.
pub struct Cell {
    pub point: FailPoint,
    pub fault: Fault,
}

/// Who comes by a point, and so who is restarted when it panics.
enum Passer {
    /// An actor that is restarted.
    Restarted,
    /// An actor that goes with its connection.
    Temporary,
    /// An actor of either kind, or a request, which is answered with an error.
    Anybody,
}

/// All there are: a handler has no error to return, so nothing but a panic or a delay can happen around it.
pub fn cells() -> impl Iterator<Item = Cell> {
    FailPoint::iter().flat_map(|point| {
        let faults: &[Fault] = match has_error(point) {
            true => &[Fault::Panic, Fault::Error, Fault::Delay],
            false => &[Fault::Panic, Fault::Delay],
        };
        faults.iter().map(move |fault| Cell {
            point,
            fault: *fault,
        })
    })
}

fn has_error(point: FailPoint) -> bool {
    use FailPoint::*;
    matches!(
        point,
        BeforeInserts
            | AfterInserts
            | BeforeCommit
            | CommitUnknown
            | DatabaseRead
            | BackendRun
            | ScarRequest
            | NotificationRequest
            | PullRequestLook
            | ChildStart
            | AgentLine
            | StreamWrite
            | WindowWrite
    )
}

impl Cell {
    /// Whether it is tried in each run: a panic at every point but those right after another one, and every error. What takes
    /// its time is told where everything waits for it.
    pub fn stands_for_others(&self) -> bool {
        use FailPoint::*;
        let is_second = self.point.name().starts_with("after-") && self.point != AfterInserts;
        match self.fault {
            Fault::Panic => !is_second,
            Fault::Error => true,
            Fault::Delay => matches!(self.point, BeforeCommit | BeforePublish | DatabaseRead),
        }
    }

    /// Whether it depends on which database it is.
    pub fn is_of_the_database(&self) -> bool {
        use FailPoint::*;
        matches!(
            self.point,
            BeforeInserts
                | AfterInserts
                | BeforeCommit
                | CommitUnknown
                | BeforePublish
                | DatabaseRead
        )
    }

    /// Whether nothing comes by it before the server is told to end.
    pub fn is_of_the_end(&self) -> bool {
        use FailPoint::*;
        matches!(self.point, BeforeStandDown | AfterStandDown)
    }

    /// Whether a coding agent on this machine makes a difference to it.
    pub fn is_of_agents(&self) -> bool {
        use FailPoint::*;
        matches!(
            self.point,
            BeforeDecide
                | AfterDecide
                | BeforePollerDecide
                | AfterPollerDecide
                | BackendRun
                | BackendReport
                | BackendEnd
                | ChildStart
                | AgentLine
                | AgentAnswer
                | BeforeCommit
        )
    }

    /// Whether it takes a pull request.
    pub fn is_of_pull_requests(&self) -> bool {
        use FailPoint::*;
        matches!(self.point, PullRequestLook | PullRequestLooked)
    }

    /// Whether nothing comes by it but what is said on GitHub.
    pub fn is_of_github(&self) -> bool {
        use FailPoint::*;
        matches!(self.point, MentionTaken | MentionPosted | MentionAnswered)
    }

    /// What `FAILPOINTS` says.
    pub fn failpoints(&self) -> String {
        use FailPoint::*;
        let action = match self.fault {
            Fault::Panic => "panic",
            Fault::Error => "return(error)",
            Fault::Delay => "return(delay)",
        };
        // What leads there, where nothing usual does.
        let first = match self.point {
            // A poller that fails time and again is given up.
            BeforeGivenUp | AfterGivenUp => "backend-run=1*off->40*panic;",
            // So is a session.
            BeforeSetAside | AfterSetAside => "before-session-post=2*off->21*panic;",
            // An executor that crashed may have missed an end.
            BeforeMissed | AfterMissed => "before-queue=2*off->1*panic;",
            _ => "",
        };
        // Not at once: the traffic is to flow.
        let passed = match self.point {
            BeforeInserts | AfterInserts | BeforeCommit | CommitUnknown | BeforePublish
            | BeforeAppend | AfterAppend | StreamWrite | DatabaseRead => 30,
            BackendReport | ScarRequest | WindowWrite => 15,
            BeforePost | AfterPost | BeforeSessionPost | AfterSessionPost | Turn | AgentLine => 3,
            BeforeStop | AfterStop | BeforeStandDown | AfterStandDown | BeforePollerCancel
            | AfterPollerCancel | BeforeDecide | AfterDecide | BeforePollerDecide
            | AfterPollerDecide | AgentAnswer | BeforeLookAgain | AfterLookAgain | BeforeFollow
            | AfterFollow | BeforeMissed | AfterMissed | BeforeGivenUp | AfterGivenUp
            | BeforeSetAside | AfterSetAside | BeforeLook | AfterLook | BeforeDelete
            | AfterDelete | MentionTaken | MentionPosted | MentionAnswered => 0,
            _ => 1,
        };
        let off = match passed {
            0 => String::new(),
            times => format!("{times}*off->"),
        };
        format!("{first}{}={off}1*{action}", self.point.name())
    }

    /// How many actors are restarted.
    pub fn restarts(&self) -> RangeInclusive<usize> {
        use FailPoint::*;
        let led_there = match self.point {
            // Some are given up; how many crashes that takes depends on who meets with them.
            BeforeGivenUp | AfterGivenUp | BeforeSetAside | AfterSetAside => return 5..=60,
            BeforeMissed | AfterMissed => 1,
            _ => 0,
        };
        let panics = usize::from(self.fault == Fault::Panic);
        match self.passer() {
            Passer::Restarted => led_there + panics..=led_there + panics,
            Passer::Temporary => 0..=0,
            Passer::Anybody => 0..=panics,
        }
    }

    /// How many actors are given up.
    pub fn given_up(&self) -> RangeInclusive<usize> {
        use FailPoint::*;
        match self.point {
            BeforeGivenUp | AfterGivenUp | BeforeSetAside | AfterSetAside => 1..=10,
            _ => 0..=0,
        }
    }

    fn passer(&self) -> Passer {
        use FailPoint::*;
        match self.point {
            StreamWrite | WindowWrite => Passer::Temporary,
            DatabaseRead => Passer::Anybody,
            _ => Passer::Restarted,
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.point.name(), self.fault)
    }
}
