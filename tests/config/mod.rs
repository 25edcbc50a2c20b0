//! Settings: their layers, their limits, and what is said about wrong ones.

mod layers;
mod refusals;
mod secret_files;

use project_manager::config::Settings;

pub(crate) fn load(variables: &[(&str, &str)]) -> Result<Settings, String> {
    let home = [("HOME", "/sam")];
    let all = home
        .iter()
        .chain(variables)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::load(all).map_err(|invalid| invalid.to_string())
}

pub(crate) fn loaded(variables: &[(&str, &str)]) -> Settings {
    load(variables).expect("these settings are valid")
}

#[track_caller]
pub(crate) fn refused(variables: &[(&str, &str)]) -> String {
    match load(variables) {
        Ok(_) => panic!("{variables:?} was accepted"),
        Err(said) => said,
    }
}

/// Loads with `text` as the file of an environment called staging.
pub(crate) fn staging(text: &str) -> Result<Settings, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("config")).expect("a folder");
    std::fs::write(folder.path().join("config/staging.toml"), text).expect("a file");
    let variables = [("HOME", "/sam"), ("PM_ENV", "staging")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    Settings::load_in(folder.path(), variables).map_err(|invalid| invalid.to_string())
}
