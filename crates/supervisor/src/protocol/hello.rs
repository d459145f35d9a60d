//! The first frame each way: who speaks, and in which version. Its layout never changes, so that
//! two programs of different builds find out that they differ instead of misreading each other.

use super::WorkerRole;
use std::io::{self, Read, Write};

/// The version of everything after the hello. Raised whenever a type that travels changes,
/// those of `yinju-core` included.
pub const VERSION: u32 = 10;

/// Length of a hello: magic (8), version (4, little-endian), role (1), build (16).
pub const HELLO_BYTES: usize = 29;

const BUILD_BYTES: usize = 16;

/// Which end says hello.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The parent.
    Supervisor,
    /// The child.
    Worker,
}

impl Side {
    fn magic(self) -> [u8; 8] {
        match self {
            Self::Supervisor => *b"YINJUSUP",
            Self::Worker => *b"YINJUWRK",
        }
    }
}

/// Who speaks, in which version, in which role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// [`VERSION`] of the speaker.
    pub version: u32,
    /// The role the process has (worker) or shall have (supervisor).
    pub role: WorkerRole,
    /// The speaker's package version, cut to 16 bytes.
    pub build: String,
}

/// Why a hello was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum HelloError {
    /// The pipe broke.
    #[error("no greeting came")]
    Io(#[from] io::Error),
    /// Another program speaks.
    #[error("the greeting is not Yinju's")]
    Foreign,
    /// Another version, build or role speaks.
    #[error("the greeting is from {found}, expected {expected}")]
    Other {
        /// What came.
        found: String,
        /// What should have.
        expected: String,
    },
}

impl Hello {
    /// This build's hello.
    pub fn new(role: WorkerRole) -> Self {
        let build: String = env!("CARGO_PKG_VERSION").chars().take(BUILD_BYTES).collect();
        Self { version: VERSION, role, build }
    }

    /// Writes it as `side`.
    pub fn write(&self, side: Side, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(&self.to_bytes(side))?;
        to.flush()
    }

    /// Reads what `side` says.
    pub fn read(side: Side, from: &mut dyn Read) -> Result<Self, HelloError> {
        let mut bytes = [0; HELLO_BYTES];
        from.read_exact(&mut bytes)?;
        Self::from_bytes(side, &bytes)
    }

    /// Accepts only this build in this role.
    pub fn check(&self, role: WorkerRole) -> Result<(), HelloError> {
        let expected = Self::new(role);
        if *self == expected {
            return Ok(());
        }
        Err(HelloError::Other { found: self.to_string(), expected: expected.to_string() })
    }

    /// The fixed layout.
    pub fn to_bytes(&self, side: Side) -> [u8; HELLO_BYTES] {
        let mut bytes = [0; HELLO_BYTES];
        bytes[..8].copy_from_slice(&side.magic());
        bytes[8..12].copy_from_slice(&self.version.to_le_bytes());
        bytes[12] = match self.role {
            WorkerRole::Read => 1,
            WorkerRole::Infer => 2,
        };
        let build = &self.build.as_bytes()[..self.build.len().min(BUILD_BYTES)];
        bytes[13..13 + build.len()].copy_from_slice(build);
        bytes
    }

    fn from_bytes(side: Side, bytes: &[u8; HELLO_BYTES]) -> Result<Self, HelloError> {
        if bytes[..8] != side.magic() {
            return Err(HelloError::Foreign);
        }
        let version = u32::from_le_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]);
        let role = match bytes[12] {
            1 => WorkerRole::Read,
            2 => WorkerRole::Infer,
            _ => return Err(HelloError::Foreign),
        };
        let build = String::from_utf8_lossy(&bytes[13..]).trim_end_matches('\0').to_owned();
        Ok(Self { version, role, build })
    }
}

impl std::fmt::Display for Hello {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { version, role, build } = self;
        write!(f, "build {build} (protocol {version}, role {})", role.as_str())
    }
}
