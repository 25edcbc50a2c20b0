//! The state machine, by itself.

use project_manager::domain::{
    project::ProjectStatus,
    workflow::{
        End::{Completed, Failed, Stopped},
        Event,
        Event::{
            Approved, AskedAgain, CommandEnded, Continued, Expired, Rejected, Reset, VisionReady,
        },
        NotNow, PhaseName, PhaseStatus, Standing, Task, Workflow,
    },
};

/// The workflow after these events, and what is to be done then.
fn after(events: &[Event]) -> (Workflow, Option<Task>) {
    events
        .iter()
        .fold((Workflow::default(), None), |(workflow, _), event| {
            let applied = workflow
                .apply(*event)
                .unwrap_or_else(|why| panic!("{event:?}: {why}"));
            (applied.workflow, applied.task)
        })
}

const TO_PLAN: [Event; 4] = [
    VisionReady,
    Approved,
    CommandEnded(Completed),
    CommandEnded(Completed),
];

#[test]
fn it_goes_from_the_vision_to_checked_work_and_asks_at_three_gates() {
    let all: [(Event, Option<Task>, ProjectStatus); 8] = [
        (
            VisionReady,
            Some(Task::Ask(PhaseName::VisionReview)),
            ProjectStatus::VisionReview,
        ),
        (
            Approved,
            Some(Task::Run(PhaseName::Prime)),
            ProjectStatus::Planning,
        ),
        (
            CommandEnded(Completed),
            Some(Task::Run(PhaseName::Plan)),
            ProjectStatus::Planning,
        ),
        (
            CommandEnded(Completed),
            Some(Task::Ask(PhaseName::Plan)),
            ProjectStatus::Planning,
        ),
        (
            Approved,
            Some(Task::Run(PhaseName::Execute)),
            ProjectStatus::InProgress,
        ),
        (
            CommandEnded(Completed),
            Some(Task::Run(PhaseName::Validate)),
            ProjectStatus::InProgress,
        ),
        (
            CommandEnded(Completed),
            Some(Task::Ask(PhaseName::Validate)),
            ProjectStatus::InProgress,
        ),
        (Approved, None, ProjectStatus::Completed),
    ];
    let mut workflow = Workflow::default();
    assert_eq!(workflow.standing(), Standing::NotStarted);
    for (event, task, project) in all {
        let applied = workflow.apply(event).unwrap();
        assert_eq!(applied.task, task, "{event:?}");
        assert_eq!(applied.workflow.project_status(), project, "{event:?}");
        workflow = applied.workflow;
    }
    assert_eq!(workflow.standing(), Standing::Completed);
}

#[test]
fn a_failure_and_a_stop_wait_for_a_person_and_run_the_same_phase_again() {
    for (end, standing) in [(Failed, Standing::Failed), (Stopped, Standing::Paused)] {
        let (workflow, task) = after(&[VisionReady, Approved, CommandEnded(end)]);
        assert_eq!((workflow.standing(), task), (standing, None));
        assert_eq!(workflow.project_status(), ProjectStatus::Paused);
        let again = workflow.apply(Continued).unwrap();
        assert_eq!(again.task, Some(Task::Run(PhaseName::Prime)));
    }
}

#[test]
fn a_plan_that_is_rejected_is_written_again() {
    let (workflow, _) = after(&[&TO_PLAN[..], &[Rejected]].concat());
    assert_eq!(workflow.status(PhaseName::Plan), PhaseStatus::Paused);
    assert_eq!(
        workflow.apply(Continued).unwrap().task,
        Some(Task::Run(PhaseName::Plan))
    );
}

#[test]
fn work_that_is_rejected_is_planned_anew_and_all_after_the_plan_comes_again() {
    let done = [
        Approved,
        CommandEnded(Completed),
        CommandEnded(Completed),
        Rejected,
    ];
    let (workflow, _) = after(&[&TO_PLAN[..], &done].concat());
    assert_eq!(workflow.current(), Some(PhaseName::Plan));
    assert_eq!(workflow.standing(), Standing::Paused);
    assert_eq!(workflow.status(PhaseName::Execute), PhaseStatus::Pending);
    assert_eq!(
        workflow.apply(Continued).unwrap().task,
        Some(Task::Run(PhaseName::Plan))
    );
}

#[test]
fn what_nobody_decided_in_time_is_asked_again_without_doing_it_again() {
    let (workflow, _) = after(&[&TO_PLAN[..], &[Expired]].concat());
    assert_eq!(workflow.standing(), Standing::Paused);
    assert_eq!(
        workflow.apply(AskedAgain).unwrap().task,
        Some(Task::Ask(PhaseName::Plan))
    );
}

#[test]
fn another_vision_is_asked_about_while_it_is_reviewed_and_not_later() {
    let (workflow, task) = after(&[VisionReady, Rejected, VisionReady, VisionReady]);
    assert_eq!(task, Some(Task::Ask(PhaseName::VisionReview)));
    assert_eq!(workflow.standing(), Standing::AwaitingApproval);
    let (workflow, _) = after(&[VisionReady, Approved]);
    assert_eq!(workflow.apply(VisionReady), Err(NotNow::AtWork));
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let nothing = Workflow::default();
    let (at_work, _) = after(&[VisionReady, Approved]);
    let (asks, _) = after(&[VisionReady]);
    let (done, _) = after(
        &[
            &TO_PLAN[..],
            &[
                Approved,
                CommandEnded(Completed),
                CommandEnded(Completed),
                Approved,
            ],
        ]
        .concat(),
    );
    for (workflow, event, why) in [
        (nothing, Approved, NotNow::NotStarted),
        (nothing, Continued, NotNow::NotStarted),
        (nothing, CommandEnded(Completed), NotNow::NotStarted),
        (at_work, Approved, NotNow::AtWork),
        (at_work, Continued, NotNow::AtWork),
        (at_work, Reset, NotNow::AtWork),
        (asks, Continued, NotNow::Asking),
        (asks, CommandEnded(Completed), NotNow::NotAsking),
        (done, Approved, NotNow::Completed),
        (done, Continued, NotNow::Completed),
        (done, VisionReady, NotNow::Completed),
    ] {
        assert_eq!(workflow.apply(event), Err(why), "{event:?}");
    }
}

#[test]
fn begun_again_nothing_is_left_of_it() {
    let (workflow, task) = after(&[&TO_PLAN[..], &[Reset]].concat());
    assert_eq!((workflow, task), (Workflow::default(), None));
}

#[test]
fn whatever_happens_at_most_one_phase_is_neither_done_nor_to_come() {
    let events = [
        VisionReady,
        Approved,
        Rejected,
        Expired,
        Continued,
        AskedAgain,
        Reset,
        CommandEnded(Completed),
        CommandEnded(Failed),
        CommandEnded(Stopped),
    ];
    let mut seen = vec![Workflow::default()];
    let mut at = 0;
    while let Some(workflow) = seen.get(at).copied() {
        at += 1;
        let active = PhaseName::ALL.into_iter().filter(|phase| {
            !matches!(
                workflow.status(*phase),
                PhaseStatus::Pending | PhaseStatus::Completed
            )
        });
        assert!(active.count() <= 1, "{workflow:?}");
        for applied in events
            .iter()
            .filter_map(|event| workflow.apply(*event).ok())
        {
            if !seen.contains(&applied.workflow) {
                seen.push(applied.workflow);
            }
        }
    }
    assert!(seen.len() > 15, "{} states can be reached", seen.len());
}
