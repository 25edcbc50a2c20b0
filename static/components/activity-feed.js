// The right pane: what is happening, step by step, grouped by the command it belongs to.

import { html } from "../lib.js";
import { loadEarlier } from "../actions.js";
import { useFollow } from "../follow.js";
import { countAfter } from "../timeline.js";
import { currentId, timeline, verbosity, view } from "../store.js";
import { ActivityStep } from "./activity-step.js";
import { CommandGroup } from "./command-group.js";
import { FeedNotices } from "./feed-notices.js";
import { Earlier } from "./earlier.js";
import { Icon } from "./icon.js";
import { NewBelow } from "./new-below.js";
import { PaneHint } from "./pane-hint.js";
import { Verbosity } from "./verbosity.js";
import { WhyEmpty } from "./why-empty.js";

export function ActivityFeed() {
  const hasProject = currentId.value !== null && !view.value.missing;
  const isEmpty = timeline.value.entries.length === 0;
  return html`
    <div class="pane-head">
      <h2>Activity</h2>
      ${hasProject && html`<${Verbosity} />`}
    </div>
    <${PaneHint} pane="activity" />
    ${hasProject && html`<${FeedNotices} />`}
    ${!hasProject || isEmpty ? html`<div class="pane-body"><${NothingYet} /></div>` : html`<${Timeline} key=${currentId.value} />`}`;
}

function Timeline() {
  const { entries } = timeline.value;
  const level = verbosity.value;
  const { executions, hasEarlier, cursor } = view.value;
  const follow = useFollow(cursor, (seq) => countAfter(timeline.value, level, seq));
  const shown = entries.filter((entry) => entry.type === "command" || entry.step.level <= level);
  const newest = shown.findLastIndex((entry) => entry.type === "command");
  return html`
    <div class="scroll-frame">
      <div class="pane-body activity-scroll" ref=${follow.box} onScroll=${follow.onScroll} tabindex="0" role="region" aria-label="Steps" data-testid="activity">
        ${hasEarlier && html`<${Earlier} what="steps" load=${loadEarlier} />`}
        <ol class="timeline">
          ${shown.map((entry, i) => entry.type === "command"
            ? html`<${CommandGroup} key=${entry.key} entry=${entry} execution=${executions[entry.executionId]} level=${level}
                isNewest=${i === newest} onOpen=${follow.hold} />`
            : html`<${ActivityStep} key=${entry.key} step=${entry.step} level=${level} onOpen=${follow.hold} />`)}
        </ol>
      </div>
      <${NewBelow} count=${follow.missed} what="step" onClick=${follow.toEnd} />
    </div>`;
}

function NothingYet() {
  const hasProject = currentId.value !== null && !view.value.missing;
  if (hasProject && !view.value.started) {
    return html`<div class="empty"><p class="quiet-line">${view.value.feed?.phase === "waiting" ? "The steps appear as soon as the server is back." : "Opening the live view…"}</p><${WhyEmpty} /></div>`;
  }
  return html`
    <div class="empty">
      <span class="empty-icon"><${Icon} name="pulse" /></span>
      <h3>${hasProject ? "Nothing has happened yet" : "Steps appear here"}</h3>
      <p>${hasProject ? "Ask for something in the chat, “Analyze the codebase” for a start. Each step appears here the moment it happens."
        : "While work is done for a project, you see here what it is, one line for each step."}</p>
      ${hasProject && html`<${WhyEmpty} />`}
    </div>`;
}
