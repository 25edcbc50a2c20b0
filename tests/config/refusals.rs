//! What is said about settings that cannot be used.

use std::net::IpAddr;

use super::{loaded, refused, staging};

#[test]
fn an_environment_without_a_file_is_refused_with_the_names_there_are() {
    let said = refused(&[("PM_ENV", "prod")]);
    assert!(
        said.contains("PM_ENV is \"prod\"; expected development, test or production"),
        "{said}"
    );
    assert!(said.contains("config/prod.toml"), "{said}");
    refused(&[("PM_ENV", "../config/test")]);
}

#[test]
fn any_address_is_accepted_and_what_is_none_refused() {
    for host in [
        "example.com",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "999.0.0.1",
    ] {
        let said = refused(&[("API_HOST", host)]);
        assert!(said.contains(&format!("API_HOST is {host:?}")), "{said}");
        assert!(said.contains("for this machine alone"), "{said}");
        refused(&[("PM__API__HOST", host)]);
    }
    for (host, address, is_exposed) in [
        ("127.0.0.1", "127.0.0.1", false),
        ("127.1.2.3", "127.1.2.3", false),
        ("::1", "::1", false),
        ("[::1]", "::1", false),
        ("LOCALHOST", "127.0.0.1", false),
        ("0.0.0.0", "0.0.0.0", true),
        ("::", "::", true),
        ("192.168.1.5", "192.168.1.5", true),
    ] {
        let api = loaded(&[("API_HOST", host)]).api;
        assert_eq!(api.host, address.parse::<IpAddr>().expect("an address"));
        assert_eq!(api.is_exposed(), is_exposed, "{host}");
    }
}

#[test]
fn the_public_address_is_what_a_browser_calls_a_place_and_nothing_more() {
    for (given, expected) in [
        ("https://pm.example.com", "https://pm.example.com"),
        ("HTTPS://PM.example.com/", "https://pm.example.com"),
        ("https://pm.example.com:443", "https://pm.example.com"),
        ("http://pm:8080", "http://pm:8080"),
        ("http://[2001:db8::1]:8001", "http://[2001:db8::1]:8001"),
        ("", ""),
    ] {
        let api = loaded(&[("PM__API__PUBLIC_URL", given)]).api;
        assert_eq!(api.public_url, expected, "{given}");
        assert_eq!(api.is_exposed(), !given.is_empty());
    }
    for wrong in [
        "pm.example.com",
        "ftp://pm.example.com",
        "https://pm.example.com/pm",
        "https://me@pm.example.com",
        "https://pm.example.com?x",
        "https://",
        "https://a b",
        "https://pm.example.com:0",
        "https://pm..com",
    ] {
        let said = refused(&[("PM__API__PUBLIC_URL", wrong)]);
        assert!(said.contains("such as https://pm.example.com"), "{said}");
    }
}

#[test]
fn proxies_are_addresses_or_networks() {
    let proxies = |text| {
        loaded(&[("PM__API__TRUSTED_PROXIES", text)])
            .api
            .trusted_proxies
    };
    assert_eq!(proxies("127.0.0.1 10.0.0.0/8"), ["127.0.0.1", "10.0.0.0/8"]);
    assert_eq!(proxies("[\"::1\"]"), ["::1"]);
    assert!(proxies("").is_empty());
    for wrong in ["proxy", "10.0.0.0/33", "127.0.0.1,::1", "[1]"] {
        let said = refused(&[("PM__API__TRUSTED_PROXIES", wrong)]);
        assert!(said.contains("expected addresses such as"), "{said}");
    }
}

#[test]
fn a_token_that_could_be_guessed_or_sent_in_no_header_is_refused_without_being_shown() {
    for wrong in [
        "short-token",
        "a token with spaces in it",
        "umläute-sind-nicht-dabei",
    ] {
        let said = refused(&[("PM__AUTH__TOKEN", wrong)]);
        assert!(
            said.contains("openssl rand -hex 32") && !said.contains(wrong),
            "{said}"
        );
    }
}

/// A variable, what it is set to, and what is said about it.
const WRONG_VALUES: &[(&str, &str, &str)] = &[
    (
        "API_PORT",
        "eighty",
        "API_PORT is \"eighty\"; expected a whole number from 0 to 65535",
    ),
    (
        "API_PORT",
        "65536",
        "API_PORT is 65536; expected a whole number from 0 to 65535",
    ),
    ("PM__API__PORT", "-1", "PM__API__PORT is -1; expected"),
    ("PM__API__PORT", "", "PM__API__PORT is \"\"; expected"),
    (
        "PM__API__PORT",
        "80.5",
        "PM__API__PORT is \"80.5\"; expected",
    ),
    (
        "PM__EXECUTOR__SLOTS",
        "65",
        "PM__EXECUTOR__SLOTS is 65; expected a whole number from 0 to 64",
    ),
    (
        "PM__FEED__HEARTBEAT_SECONDS",
        "0",
        "PM__FEED__HEARTBEAT_SECONDS is 0; expected a number of seconds from 0.01 to 60",
    ),
    (
        "PM__FEED__HEARTBEAT_SECONDS",
        "NaN",
        "PM__FEED__HEARTBEAT_SECONDS is NaN; expected",
    ),
    (
        "PM__FEED__HEARTBEAT_SECONDS",
        "inf",
        "PM__FEED__HEARTBEAT_SECONDS is inf; expected",
    ),
    (
        "LOG_LEVEL",
        "loud",
        "LOG_LEVEL is \"loud\"; expected error, warn, info, debug or trace",
    ),
    (
        "PM__LOG__FORMAT",
        "xml",
        "PM__LOG__FORMAT is \"xml\"; expected pretty or json",
    ),
    (
        "SCAR_BASE_URL",
        "scar:3000",
        "SCAR_BASE_URL is \"scar:3000\"; expected an address that starts with http:// or https://",
    ),
    (
        "SCAR_BASE_URL",
        "http://me:secret@scar:3000",
        "expected an address that starts with http:// or https:// and has no user name",
    ),
    (
        "PM__SCAR__POLL_MS_MIN",
        "2000",
        "PM__SCAR__POLL_MS_MIN is 2000; expected at most 1000, which scar.poll_ms_max in config/default.toml is",
    ),
    (
        "SCAR_TIMEOUT_SECONDS",
        "5m",
        "SCAR_TIMEOUT_SECONDS is \"5m\"; expected a number of seconds",
    ),
    (
        "PM__OFFLINE__TEST_COMMAND",
        "[1, 2]",
        "PM__OFFLINE__TEST_COMMAND is [1, 2]; expected the words of a command",
    ),
    (
        "PM__OFFLINE__TEST_COMMAND",
        "[\"a\"",
        "PM__OFFLINE__TEST_COMMAND is \"[\\\"a\\\"\"; expected the words of a command",
    ),
    (
        "PM__DATA__DIR",
        "/data?x",
        "PM__DATA__DIR is \"/data?x\"; expected a folder",
    ),
    (
        "PM__APP__NAME",
        " ",
        "PM__APP__NAME is \" \"; expected 1 to 100 characters",
    ),
];

#[test]
fn a_value_out_of_its_limits_is_refused_with_its_name_itself_and_what_was_expected() {
    for (name, value, expected) in WRONG_VALUES {
        let said = refused(&[(name, value)]);
        assert!(said.contains(expected), "{name}={value}: {said}");
    }
}

#[test]
fn an_unknown_variable_is_refused_with_the_name_that_was_probably_meant() {
    let said = refused(&[("PM__FEED__HEARTBEAT", "5")]);
    assert!(
        said.contains(
            "PM__FEED__HEARTBEAT is no setting; did you mean PM__FEED__HEARTBEAT_SECONDS?"
        ),
        "{said}"
    );
    let said = refused(&[("PM__API__PROT", "5")]);
    assert!(said.contains("did you mean PM__API__PORT?"), "{said}");
    let said = refused(&[("PM__ZZZZZ__QQQQ", "5")]);
    assert!(
        said.contains("PM__ZZZZZ__QQQQ is no setting; config/default.toml lists every one"),
        "{said}"
    );
}

#[test]
fn a_wrong_file_is_refused_with_its_name_the_key_and_what_was_expected() {
    for (text, expected) in [
        (
            "[api]\nprot = 1",
            "api.prot in config/staging.toml is no setting; did you mean api.port?",
        ),
        ("port = 1", "port in config/staging.toml is no setting"),
        (
            "[qqqqqq]\nzzzz = 1",
            "qqqqqq.zzzz in config/staging.toml is no setting; config/default.toml lists every one",
        ),
        ("api = 1", "api in config/staging.toml is no setting"),
        (
            "[api.port]\nx = 1",
            "api.port.x in config/staging.toml is no setting",
        ),
        (
            "[api]\nport = \"8001\"",
            "api.port in config/staging.toml is \"8001\"; expected a whole number from 0 to 65535",
        ),
        (
            "[api]\nport = true",
            "api.port in config/staging.toml is true; expected",
        ),
        (
            "[offline]\ntest_command = \"make\"",
            "offline.test_command in config/staging.toml is \"make\"; expected the words of a command",
        ),
        (
            "[llm]\napi_key = 5",
            "llm.api_key in config/staging.toml is something that is not shown here",
        ),
        ("[api\nport = 1", "config/staging.toml cannot be used: "),
    ] {
        let said = staging(text).expect_err(text);
        assert!(said.contains(expected), "{text:?}: {said}");
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let said = refused(&[
        ("API_HOST", "999.0.0.1"),
        ("PM__API__PROT", "1"),
        ("LOG_LEVEL", "loud"),
    ]);
    assert_eq!(said.matches("\n  - ").count(), 3, "{said}");
}

#[test]
fn a_wrong_value_is_refused_also_where_a_later_layer_would_win() {
    let said = refused(&[("API_PORT", "eighty"), ("PM__API__PORT", "80")]);
    assert!(said.contains("API_PORT is \"eighty\""), "{said}");
}

#[test]
fn a_secret_is_never_shown() {
    let settings = loaded(&[
        ("DATABASE_URL", "postgres://sam:hunter2@db/pm"),
        ("ANTHROPIC_API_KEY", "sk-hunter2"),
    ]);
    let shown = format!("{settings:?} {settings:#?}");
    assert!(!shown.contains("hunter2"), "{shown}");
    for url in [
        "mysql://sam:hunter2@db/pm",
        "hunter2",
        "postgres://hunter2 x@db",
        "hunter2:x",
    ] {
        let said = refused(&[("DATABASE_URL", url)]);
        assert!(!said.contains("hunter2"), "{said}");
        assert!(said.contains("DATABASE_URL is "), "{said}");
    }
    let said = refused(&[("DATABASE_URL", "mysql://sam:hunter2@db/pm")]);
    assert!(said.contains("DATABASE_URL is mysql://…"), "{said}");
}
