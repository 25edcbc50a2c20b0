// The frame: a bar on top, three panes below it (three tabs on a phone), and what may lie over them.

import { html } from "../lib.js";
import { dialog, dialogAbout, page, project, projects, tab } from "../store.js";
import { ActivityFeed } from "./activity-feed.js";
import { Announcer } from "./announcer.js";
import { ChangesDialog } from "./changes-dialog.js";
import { ChatPanel } from "./chat-panel.js";
import { CommandPalette } from "./command-palette.js";
import { DeleteProject } from "./delete-project.js";
import { Diagnostics } from "./diagnostics.js";
import { DocumentDialog } from "./document-dialog.js";
import { KeyHelp } from "./key-help.js";
import { Notice } from "./notice.js";
import { NotifyOffer } from "./notify-offer.js";
import { Panes } from "./panes.js";
import { ProjectList } from "./project-list.js";
import { ProjectDialog } from "./project-dialog.js";
import { RestartWorkflow } from "./restart-workflow.js";
import { TabBar } from "./tab-bar.js";
import { ServerPage } from "./server-page.js";
import { Toast } from "./toast.js";
import { TopBar } from "./top-bar.js";
import { WindowTitle } from "./window-title.js";

export function App() {
  return html`
    <div class="app" data-tab=${tab.value}>
      <${WindowTitle} />
      <${TopBar} />
      ${page.value === "diagnostics" ? html`<${Diagnostics} />` : page.value === "server" ? html`<${ServerPage} />` : html`
        <main class="work">
          <${Panes} left=${html`<${ProjectList} />`} middle=${html`<${ChatPanel} />`} right=${html`<${ActivityFeed} />`} />
          <${TabBar} />
        </main>`}
      <${Announcer} />
      <${Notice} />
      <${NotifyOffer} />
      <${Toast} />
      <${OpenDialog} />
    </div>`;
}

function OpenDialog() {
  const about = dialogAbout.value ? projects.value.find((p) => p.id === dialogAbout.value?.projectId) : project.value;
  switch (dialog.value) {
    case "create": return html`<${ProjectDialog} />`;
    case "settings": return about && html`<${ProjectDialog} key=${about.id} project=${about} />`;
    case "delete": return about && html`<${DeleteProject} key=${about.id} project=${about} />`;
    case "palette": return html`<${CommandPalette} />`;
    case "help": return html`<${KeyHelp} />`;
    case "restart": return html`<${RestartWorkflow} />`;
    case "document": return html`<${DocumentDialog} />`;
    case "changes": return html`<${ChangesDialog} />`;
    default: return null;
  }
}
