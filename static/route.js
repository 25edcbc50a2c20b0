// The address bar: `#/p/<project id>`. Everything after the id is left for what later parts of the page may mean by it.

/** @param {string} hash @returns {{ projectId: string | null }} */
export function parseRoute(hash) {
  const match = /^#\/p\/([^/?]+)/.exec(hash);
  if (!match) return { projectId: null };
  try {
    return { projectId: decodeURIComponent(match[1]) };
  } catch {
    return { projectId: match[1] };
  }
}

/** @param {string} projectId */
export function projectHash(projectId) {
  return `#/p/${encodeURIComponent(projectId)}`;
}
