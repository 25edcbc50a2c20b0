// From a step that tells of something on GitHub to its page there. Of a command's pull request its head has the link already.

import { html } from "../lib.js";
import { webAddress } from "../issues.js";

/** @param {{ activity: import("../state.js").Activity }} props */
export function GitHubLink({ activity: { data, execution_id } }) {
  const address = webAddress(data?.pull_request?.url ?? data?.issue?.url ?? (typeof data?.url === "string" ? data.url : null));
  if (!address || !(data.pull_request ? !execution_id : data.issue)) return null;
  const what = data.pull_request ? `Pull request #${data.pull_request.number}` : `Issue #${data.issue.number ?? data.issue}`;
  return html`<a class="link github-link" href=${address} target="_blank" rel="noopener noreferrer">${what} on GitHub</a>`;
}
