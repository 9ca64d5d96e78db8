//! Output files that appear all together or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::exit::Failure;

/// A folder beside the target in which files are made before they are moved into place. It
/// disappears with this value.
#[derive(Debug)]
pub(crate) struct Stage {
    target: PathBuf,
    folder: TempDir,
    files: Vec<String>,
}

impl Stage {
    /// A stage for files of a target folder, which need not exist yet.
    pub(crate) fn for_folder(target: &Path) -> Result<Self, Failure> {
        if target.exists() && !target.is_dir() {
            let target = target.display();
            return Err(Failure::usage(format!("{target} is not a folder")));
        }
        let absolute = std::path::absolute(target).map_err(|error| unwritable(target, &error))?;
        // Beside the target, so that it is on the same disk; or as near to it as folders exist.
        let beside = absolute.ancestors().skip(1).find(|folder| folder.is_dir());
        let beside = beside.unwrap_or(Path::new("."));
        let folder = tempfile::Builder::new()
            .prefix(".apportion-")
            .tempdir_in(beside)
            .map_err(|error| unwritable(beside, &error))?;
        fs::create_dir(folder.path().join("old")).map_err(|error| unwritable(beside, &error))?;
        Ok(Self {
            target: absolute,
            folder,
            files: Vec::new(),
        })
    }

    /// Makes a file that will go into the target folder.
    pub(crate) fn write(&mut self, name: &str, content: &[u8]) -> Result<(), Failure> {
        let path = self.folder.path().join(name);
        fs::write(&path, content).map_err(|error| unwritable(&path, &error))?;
        self.files.push(name.to_owned());
        Ok(())
    }

    /// Moves all files into place. When one cannot be moved, the others are taken back and the
    /// folder is as it was.
    pub(crate) fn commit(self) -> Result<(), Failure> {
        let new_from = first_missing(&self.target);
        fs::create_dir_all(&self.target).map_err(|error| unwritable(&self.target, &error))?;
        let mut moved = Vec::new();
        for name in &self.files {
            if let Err(error) = self.move_in(name) {
                self.take_back(name);
                for name in moved {
                    self.take_back(name);
                }
                if let Some(new) = new_from {
                    fs::remove_dir_all(new).ok();
                }
                return Err(unwritable(&self.target.join(name), &error));
            }
            moved.push(name);
        }
        Ok(())
    }

    fn old(&self, name: &str) -> PathBuf {
        self.folder.path().join("old").join(name)
    }

    /// Puts an existing file of that name aside and the new one in its place.
    fn move_in(&self, name: &str) -> io::Result<()> {
        let target = self.target.join(name);
        if target.is_dir() {
            return Err(io::Error::new(
                io::ErrorKind::IsADirectory,
                "there is a folder of that name",
            ));
        }
        if target.exists() {
            fs::rename(&target, self.old(name))?;
        }
        fs::rename(self.folder.path().join(name), target)
    }

    /// Undoes [`move_in`](Self::move_in), as far as it went.
    fn take_back(&self, name: &str) {
        let target = self.target.join(name);
        let waits = self.folder.path().join(name).exists();
        if !waits {
            fs::remove_file(&target).ok();
        }
        if self.old(name).exists() {
            fs::rename(self.old(name), target).ok();
        }
    }
}

/// Writes one file, so that it is whole or not there.
pub(crate) fn write_file(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        let path = path.display();
        return Err(Failure::usage(format!("{path} is not the name of a file")));
    };
    let absolute = std::path::absolute(path).map_err(|error| unwritable(path, &error))?;
    let folder = absolute.parent().unwrap_or(Path::new("/"));
    let mut stage = Stage::for_folder(folder)?;
    stage.write(name, content)?;
    stage.commit()
}

/// The outermost folder of a path that does not exist yet.
fn first_missing(path: &Path) -> Option<&Path> {
    path.ancestors()
        .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists())
        .last()
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::usage(format!("{} cannot be written: {error}", path.display()))
}
