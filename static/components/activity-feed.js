// The right pane: what is happening, step by step, grouped by the command it belongs to.

import { html } from "../lib.js";
import { currentId, timeline, view } from "../store.js";
import { FeedNotices } from "./feed-notices.js";
import { Icon } from "./icon.js";
import { PaneHint } from "./pane-hint.js";
import { StepList } from "./step-list.js";
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
    ${!hasProject || isEmpty ? html`<div class="pane-body"><${NothingYet} /></div>` : html`<${StepList} key=${currentId.value} />`}`;
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
