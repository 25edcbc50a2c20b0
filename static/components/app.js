// The frame: a bar on top, three panes below it (three tabs on a phone), and what may lie over them.

import { html, useEffect } from "../lib.js";
import { active, dialog, dialogAbout, project, projects, tab } from "../store.js";
import { commandWords } from "../words.js";
import { ActivityFeed } from "./activity-feed.js";
import { Announcer } from "./announcer.js";
import { ChatPanel } from "./chat-panel.js";
import { DeleteProject } from "./delete-project.js";
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
      <main class="work">
        <${Panes} left=${html`<${ProjectList} />`} middle=${html`<${ChatPanel} />`} right=${html`<${ActivityFeed} />`} />
        <${TabBar} />
      </main>
      <${Announcer} />
      <${Notice} />
      <${OpenDialog} />
    </div>`;
}

function OpenDialog() {
  const about = dialogAbout.value ? projects.value.find((p) => p.id === dialogAbout.value?.projectId) : project.value;
  switch (dialog.value) {
    case "create": return html`<${ProjectDialog} />`;
    case "settings": return about && html`<${ProjectDialog} key=${about.id} project=${about} />`;
    case "delete": return about && html`<${DeleteProject} key=${about.id} project=${about} />`;
    default: return null;
  }
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
