// From a step that tells of something on GitHub to its page there.

import { html } from "../lib.js";
import { webAddress } from "../issues.js";

/** @param {{ data: any }} props */
export function GitHubLink({ data }) {
  const address = webAddress(data?.pull_request?.url ?? data?.issue?.url ?? (typeof data?.url === "string" ? data.url : null));
  if (!address || !(data.pull_request || data.issue)) return null;
  const what = data.pull_request ? `Pull request #${data.pull_request.number}` : `Issue #${data.issue.number ?? data.issue}`;
  return html`<a class="link github-link" href=${address} target="_blank" rel="noopener noreferrer">${what} on GitHub</a>`;
}
