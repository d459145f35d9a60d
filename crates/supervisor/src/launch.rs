//! The command line a worker is started with: written by the supervisor, parsed by the worker.
//! Only limits and places stand there, nothing of a person's documents: other users can read it.

use crate::protocol::WorkerRole;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// How to use `yinju-worker`, for a person who starts it by hand.
pub const USAGE: &str = "\
usage: yinju-worker read --pdfium FILE [--ocr FOLDER] [--memory-limit BYTES] [--cpu-limit SECONDS]
                         [--nice N]
       yinju-worker infer [--memory-limit BYTES] [--nice N]
Yinju starts this program and speaks to it over standard input and output.";

/// What a worker is started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// What it is for.
    pub role: WorkerRole,
    /// The PDFium library; needed to read, of no use otherwise.
    pub pdfium: Option<PathBuf>,
    /// The folder of the model that recognises text in images, where there is one.
    pub ocr: Option<PathBuf>,
    /// Memory the process may have for its data, in bytes; `None` sets no limit.
    pub memory_limit: Option<u64>,
    /// Processor time the process may use, in seconds; `None` sets no limit.
    pub cpu_limit: Option<u64>,
    /// Added to the process's niceness, 0 to 19.
    pub nice: i32,
}

/// Why a command line was not understood.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsageError {
    /// Neither `read` nor `infer`.
    #[error("the first argument must be `read` or `infer`")]
    Role,
    /// `read` without `--pdfium`.
    #[error("`read` needs `--pdfium FILE`")]
    NoPdfium,
    /// An option nobody knows.
    #[error("unknown option {0:?}")]
    Unknown(OsString),
    /// An option without what belongs to it, or with something else.
    #[error("{0} needs a value it can use")]
    Value(&'static str),
}

impl Launch {
    /// Without limits and places.
    pub fn new(role: WorkerRole) -> Self {
        Self { role, pdfium: None, ocr: None, memory_limit: None, cpu_limit: None, nice: 0 }
    }

    /// As arguments, the program's name not included.
    pub fn to_args(&self) -> Vec<OsString> {
        let mut args = vec![OsString::from(self.role.as_str())];
        let mut option = |name: &str, value: OsString| args.extend([name.into(), value]);
        if let Some(pdfium) = &self.pdfium {
            option("--pdfium", pdfium.into());
        }
        if let Some(folder) = &self.ocr {
            option("--ocr", folder.into());
        }
        if let Some(limit) = self.memory_limit {
            option("--memory-limit", limit.to_string().into());
        }
        if let Some(limit) = self.cpu_limit {
            option("--cpu-limit", limit.to_string().into());
        }
        if self.nice != 0 {
            option("--nice", self.nice.to_string().into());
        }
        args
    }

    /// From arguments, the program's name not included.
    pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Self, UsageError> {
        let mut args = args.into_iter();
        let mut launch = Self::for_role(args.next().as_deref())?;
        while let Some(name) = args.next() {
            launch.set(&name, args.next())?;
        }
        if launch.role == WorkerRole::Read && launch.pdfium.is_none() {
            return Err(UsageError::NoPdfium);
        }
        Ok(launch)
    }

    fn for_role(name: Option<&OsStr>) -> Result<Self, UsageError> {
        let role = match name.and_then(OsStr::to_str) {
            Some("read") => WorkerRole::Read,
            Some("infer") => WorkerRole::Infer,
            _ => return Err(UsageError::Role),
        };
        Ok(Self::new(role))
    }

    fn set(&mut self, name: &OsString, value: Option<OsString>) -> Result<(), UsageError> {
        match name.to_str() {
            Some("--pdfium") => {
                self.pdfium = Some(value.ok_or(UsageError::Value("--pdfium"))?.into());
            }
            Some("--ocr") => self.ocr = Some(value.ok_or(UsageError::Value("--ocr"))?.into()),
            Some("--memory-limit") => self.memory_limit = Some(number("--memory-limit", value)?),
            Some("--cpu-limit") => self.cpu_limit = Some(number("--cpu-limit", value)?),
            Some("--nice") => self.nice = number::<i32>("--nice", value)?.clamp(0, 19),
            _ => return Err(UsageError::Unknown(name.clone())),
        }
        Ok(())
    }
}

fn number<T: std::str::FromStr>(
    name: &'static str,
    value: Option<OsString>,
) -> Result<T, UsageError> {
    let value = value.and_then(|value| value.to_str()?.parse().ok());
    value.ok_or(UsageError::Value(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Launch, UsageError> {
        Launch::parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn what_is_written_is_what_is_parsed() {
        let read = Launch {
            role: WorkerRole::Read,
            pdfium: Some("some where/libpdfium.so".into()),
            ocr: Some("models/ocr".into()),
            memory_limit: Some(1 << 31),
            cpu_limit: Some(60),
            nice: 10,
        };
        assert_eq!(Launch::parse(read.to_args()), Ok(read));
        let infer = Launch::new(WorkerRole::Infer);
        assert_eq!(Launch::parse(infer.to_args()), Ok(infer));
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(parse(""), Err(UsageError::Role));
        assert_eq!(parse("serve"), Err(UsageError::Role));
        assert_eq!(parse("read"), Err(UsageError::NoPdfium));
        assert_eq!(parse("read --pdfium"), Err(UsageError::Value("--pdfium")));
        assert_eq!(parse("infer --nice x"), Err(UsageError::Value("--nice")));
        assert_eq!(parse("infer --fast 1"), Err(UsageError::Unknown("--fast".into())));
    }
}
