//! Where GitHub is: its interface for programs, and its pages for people.

use url::Url;

use crate::domain::github::RepositoryName;

/// GitHub's interface for programs, which has a host of its own; a GitHub Enterprise has it on the host of its pages.
const API_HOST: &str = "api.github.com";

/// The hosts of GitHub's pages.
const WEB_HOSTS: [&str; 2] = ["github.com", "www.github.com"];

/// Where it is.
#[derive(Debug, Clone)]
pub struct Site {
    api: Url,
}

impl Site {
    /// The one whose interface has this address; none where that is no address.
    pub(super) fn of(api: &str) -> Option<Self> {
        let mut api = Url::parse(api.trim_end_matches('/')).ok()?;
        let is_web = matches!(api.scheme(), "http" | "https") && api.has_host();
        // The last part of a path would be replaced by what is joined to it.
        let path = format!("{}/", api.path().trim_end_matches('/'));
        api.set_path(&path);
        is_web.then_some(Self { api })
    }

    /// Its interface for programs; the path ends with `/`.
    pub fn api(&self) -> &Url {
        &self.api
    }

    /// Which repository an address of a page names, if it is one of here: the exact host, an owner and a name. What comes after
    /// them, such as `/issues`, makes no difference.
    pub fn repository_of(&self, url: &str) -> Option<RepositoryName> {
        let url = Url::parse(url.trim()).ok()?;
        if !self.has_page(&url) {
            return None;
        }
        let mut path = url.path_segments()?;
        RepositoryName::parse(&format!("{}/{}", path.next()?, path.next()?))
    }

    /// Which pull request an address of a page names, if it is one of here.
    pub fn pull_request_of(&self, url: &str) -> Option<(RepositoryName, u64)> {
        let repository = self.repository_of(url)?;
        let url = Url::parse(url.trim()).ok()?;
        let mut path = url.path_segments()?.skip(2);
        let number = match (path.next(), path.next()) {
            (Some("pull"), Some(number)) => number.parse().ok()?,
            _ => return None,
        };
        Some((repository, number))
    }

    /// Where its pages are.
    pub fn web(&self) -> String {
        match self.api.host_str() {
            Some(API_HOST) => format!("https://{}", WEB_HOSTS[0]),
            _ => self.api.origin().ascii_serialization(),
        }
    }

    /// The address of a repository's page.
    pub fn page_of(&self, repository: &RepositoryName) -> String {
        format!("{}/{repository}", self.web())
    }

    /// The address of a pull request's page.
    pub fn page_of_pull(&self, repository: &RepositoryName, number: u64) -> String {
        format!("{}/pull/{number}", self.page_of(repository))
    }

    fn has_page(&self, url: &Url) -> bool {
        let is_web = matches!(url.scheme(), "http" | "https");
        let host = url.host_str().unwrap_or_default();
        is_web
            && match self.api.host_str() {
                Some(API_HOST) => WEB_HOSTS.contains(&host) && url.port().is_none(),
                // One that people reach by http is reached by programs by https now and then, and the other way round.
                ours => ours == Some(host) && url.port() == self.api.port(),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(site: &Site, url: &str) -> Option<String> {
        site.repository_of(url).map(|name| name.to_string())
    }

    #[test]
    fn a_repository_is_found_in_its_address_and_in_those_of_its_pages() {
        let site = Site::of("https://api.github.com").expect("an address");
        for url in [
            "https://github.com/acme/shop",
            "http://www.GitHub.com/acme/shop.git",
            "https://github.com/acme/shop/",
            "https://github.com/acme/shop/issues/12#issuecomment-1",
        ] {
            assert_eq!(found(&site, url).as_deref(), Some("acme/shop"), "{url}");
        }
        for url in [
            "https://github.com/acme",
            "https://github.com.evil.example/acme/shop",
            "https://evil.example/github.com/acme/shop",
            "https://github.com:8443/acme/shop",
            "https://gitlab.com/acme/shop",
            "git@github.com:acme/shop.git",
            "acme/shop",
        ] {
            assert_eq!(found(&site, url), None, "{url}");
        }
        let name = RepositoryName::parse("acme/shop").expect("a name");
        assert_eq!(site.page_of(&name), "https://github.com/acme/shop");
    }

    #[test]
    fn a_github_of_ones_own_has_its_pages_where_its_interface_is() {
        let site = Site::of("https://git.example.com/api/v3/").expect("an address");
        assert_eq!(site.api().as_str(), "https://git.example.com/api/v3/");
        let url = "https://git.example.com/acme/shop";
        assert_eq!(found(&site, url).as_deref(), Some("acme/shop"));
        assert_eq!(found(&site, "https://github.com/acme/shop"), None);
        let name = RepositoryName::parse("acme/shop").expect("a name");
        assert_eq!(site.page_of(&name), url);
    }

    #[test]
    fn a_pull_request_is_found_in_its_address() {
        let site = Site::of("https://api.github.com").expect("an address");
        let found = |url| {
            site.pull_request_of(url)
                .map(|(name, number)| (name.to_string(), number))
        };
        let there = Some(("acme/shop".to_owned(), 7));
        assert_eq!(found("https://github.com/acme/shop/pull/7"), there);
        assert_eq!(found("https://github.com/acme/shop/pull/7/files#r1"), there);
        for url in [
            "https://github.com/acme/shop/pulls",
            "https://github.com/acme/shop/issues/7",
            "https://github.com/acme/shop/pull/x",
        ] {
            assert_eq!(found(url), None, "{url}");
        }
    }
}
