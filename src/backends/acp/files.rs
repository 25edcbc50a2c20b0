//! Files an agent asks this program to read and to write for it: those of the project's copy, and no others.

use std::path::PathBuf;

use agent_client_protocol::{
    Error,
    v1::schema::{
        ReadTextFileRequest, ReadTextFileResponse, WriteTextFileRequest, WriteTextFileResponse,
    },
};
use tokio::fs;

use super::place::real_inside;

/// Bytes of a file that is read or written at most: source files are smaller.
const FILE_BYTES_MAX: u64 = 10 << 20;

/// The files of one copy.
#[derive(Debug, Clone)]
pub(super) struct Files {
    /// The copy's folder, with every link resolved.
    pub(super) root: PathBuf,
}

impl Files {
    /// Reads a file, or some lines of it.
    pub(super) async fn read(
        &self,
        request: ReadTextFileRequest,
    ) -> Result<ReadTextFileResponse, Error> {
        let path = self.place(&request.path)?;
        let about = fs::metadata(&path).await.map_err(refused)?;
        if !about.is_file() || about.len() > FILE_BYTES_MAX {
            return Err(refused("it is no file, or a very large one"));
        }
        let text = fs::read_to_string(&path).await.map_err(refused)?;
        let skip = request.line.map_or(0, |line| line.saturating_sub(1));
        let content = match (request.line, request.limit) {
            (None, None) => text,
            (_, limit) => text
                .split_inclusive('\n')
                .skip(skip as usize)
                .take(limit.map_or(usize::MAX, |limit| limit as usize))
                .collect(),
        };
        Ok(ReadTextFileResponse::new(content))
    }

    /// Writes a file, with the folders it lies in.
    pub(super) async fn write(
        &self,
        request: WriteTextFileRequest,
    ) -> Result<WriteTextFileResponse, Error> {
        if request.content.len() as u64 > FILE_BYTES_MAX {
            return Err(refused("it is very large"));
        }
        let path = self.place(&request.path)?;
        // A pipe would be waited for.
        if path.exists() && !path.is_file() {
            return Err(refused("it is no file"));
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).await.map_err(refused)?;
        }
        fs::write(&path, request.content).await.map_err(refused)?;
        Ok(WriteTextFileResponse::new())
    }

    fn place(&self, path: &std::path::Path) -> Result<PathBuf, Error> {
        real_inside(&self.root, path)
            .ok_or_else(|| refused("only files of the project's copy are read and written"))
    }
}

fn refused(why: impl ToString) -> Error {
    Error::invalid_params().data(serde_json::json!(why.to_string()))
}
