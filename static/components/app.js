// The frame: a bar on top, three panes below it (three tabs on a phone), and what may lie over them.

import { html, useEffect } from "../lib.js";
import { active, dialog, project, tab } from "../store.js";
import { commandWords } from "../words.js";
import { ActivityFeed } from "./activity-feed.js";
import { ChatPanel } from "./chat-panel.js";
import { Notice } from "./notice.js";
import { Panes } from "./panes.js";
import { ProjectList } from "./project-list.js";
import { ProjectDialog } from "./project-dialog.js";
import { TabBar } from "./tab-bar.js";
import { TopBar } from "./top-bar.js";

export function App() {
  return html`
    <div class="app" data-tab=${tab.value}>
      <${Title} />
      <${TopBar} />
      <${Panes} left=${html`<${ProjectList} />`} middle=${html`<${ChatPanel} />`} right=${html`<${ActivityFeed} />`} />
      <${TabBar} />
      <${Announcer} />
      <${Notice} />
      ${dialog.value === "create" && html`<${ProjectDialog} />`}
      ${dialog.value === "settings" && project.value && html`<${ProjectDialog} key=${project.value.id} project=${project.value} />`}
    </div>`;
}

/** The window's title tells from another tab whether something runs. */
function Title() {
  const running = active.value;
  const name = project.value?.name;
  useEffect(() => {
    document.title = [running && `● ${commandWords(running.command).doing}`, name, "Project Manager"].filter(Boolean).join(" · ");
  }, [running?.command, running?.id, name]);
  return null;
}

/** Says to a screen reader when a command starts and when it ends; the steps between are there to be read, not recited. */
function Announcer() {
  const running = active.value;
  const text = running ? `${commandWords(running.command).doing}.` : project.value ? "Nothing is running." : "";
  return html`<p class="sr-only" role="status">${text}</p>`;
}
