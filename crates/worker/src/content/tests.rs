//! Files that hold still, and files that do not.

use super::*;
use std::io::Write;
use yinju_core::ProblemCode;
use yinju_flow::MOST_BYTES;

fn open_at(path: &Path) -> Result<HashedFile, Problem> {
    HashedFile::open(path, 1 << 40, &CancelToken::new(), &mut |_| Ok(()))
}

fn whole(file: &HashedFile) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.clone().read_to_end(&mut bytes).map(|_| bytes)
}

/// A file of so many blocks and a little more, no two alike.
fn written(blocks: usize) -> (tempfile::NamedTempFile, Vec<u8>) {
    let bytes: Vec<u8> = (0..blocks * BLOCK + 77).map(|at| (at / 251 + at % 239) as u8).collect();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&bytes).unwrap();
    (file, bytes)
}

#[test]
fn what_is_handed_out_is_what_was_hashed() {
    for blocks in [0, 3, KEPT_BLOCKS + 9] {
        let (file, bytes) = written(blocks);
        let hashed = open_at(file.path()).unwrap();
        let expected = hexadecimal(&Sha256::digest(&bytes));
        assert_eq!(*hashed.content(), FileContent { sha256: expected, bytes: bytes.len() as u64 });
        assert!(whole(&hashed).unwrap() == bytes, "{blocks} blocks");
        let mut cursor = hashed.clone();
        cursor.seek(SeekFrom::End(-3)).unwrap();
        let mut end = Vec::new();
        cursor.read_to_end(&mut end).unwrap();
        assert_eq!(end, bytes[bytes.len() - 3..]);
        hashed.check(file.path()).unwrap();
    }
}

#[test]
fn one_read_goes_beyond_a_block() {
    let (file, bytes) = written(3);
    let mut hashed = open_at(file.path()).unwrap();
    let mut across = vec![0; BLOCK + 100];
    hashed.seek(SeekFrom::Start(50)).unwrap();
    assert_eq!(hashed.read(&mut across).unwrap(), across.len());
    assert!(across == bytes[50..150 + BLOCK]);
    hashed.seek(SeekFrom::End(-3)).unwrap();
    assert_eq!(hashed.read(&mut across).unwrap(), 3);
}

#[test]
fn bytes_that_are_exchanged_afterwards_are_never_handed_out() {
    // A small file comes as it was; of a large one, what was not kept is not to be had.
    let (small, bytes) = written(2);
    let hashed = open_at(small.path()).unwrap();
    std::fs::write(small.path(), vec![7; bytes.len()]).unwrap();
    assert!(whole(&hashed).unwrap() == bytes);

    let (large, bytes) = written(KEPT_BLOCKS + 9);
    let hashed = open_at(large.path()).unwrap();
    let mut over = File::options().write(true).open(large.path()).unwrap();
    over.write_all(&[7; 10]).unwrap();
    assert!(whole(&hashed).is_err());
    let problem = hashed.check_read(large.path()).unwrap_err();
    assert_eq!(problem.code, ProblemCode::FileChanged);
    let mut cursor = hashed.clone();
    cursor.seek(SeekFrom::Start(5 * BLOCK as u64)).unwrap();
    let mut block = vec![0; BLOCK];
    cursor.read_exact(&mut block).unwrap();
    assert!(block == bytes[5 * BLOCK..6 * BLOCK]);
}

#[cfg(unix)]
#[test]
fn a_file_that_another_took_the_place_of_is_named() {
    let (file, bytes) = written(1);
    let hashed = open_at(file.path()).unwrap();
    let other = tempfile::NamedTempFile::new_in(file.path().parent().unwrap()).unwrap();
    other.persist(file.path()).unwrap();
    assert!(whole(&hashed).unwrap() == bytes);
    assert_eq!(hashed.check(file.path()).unwrap_err().code, ProblemCode::FileChanged);
}

#[test]
fn a_file_that_is_written_to_is_waited_for() {
    let (file, _) = written(1);
    let (path, mut writer) = (file.path().to_owned(), file.reopen().unwrap());
    writer.seek(SeekFrom::End(0)).unwrap();
    let mut is_first = true;
    let hashed = hash_with(&path, &mut || {
        if std::mem::take(&mut is_first) {
            writer.write_all(b"more").unwrap();
        }
    });
    let found = std::fs::read(&path).unwrap();
    assert_eq!(hashed.unwrap().content().sha256, hexadecimal(&Sha256::digest(found)));
}

/// Opens a file and does something between the look at it and its hashing.
fn hash_with(path: &Path, during: &mut dyn FnMut()) -> Result<HashedFile, Problem> {
    let file = open(path)?;
    let stamp = Stamp::of(&regular(path, &file)?);
    during();
    let hashed = hash(path, file, stamp, &CancelToken::new(), &mut |_| Ok(()))?;
    assert!(!hashed.inner.is_as_it_was());
    let given_up = Instant::now() + SETTLING;
    settle(path, given_up, &CancelToken::new(), &mut |_| Ok(()))?;
    open_at(path)
}

#[test]
fn what_is_no_file_or_too_large_is_refused_at_once() {
    let code = |path: &Path, most| {
        let opened = HashedFile::open(path, most, &CancelToken::new(), &mut |_| Ok(()));
        opened.map(|_| ()).unwrap_err().code
    };
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(code(folder.path(), 9), ProblemCode::FileUnreadable);
    assert_eq!(code(&folder.path().join("gone.pdf"), 9), ProblemCode::FileNotFound);
    #[cfg(unix)]
    assert_eq!(code(Path::new("/dev/null"), 9), ProblemCode::FileUnreadable);
    let zeros = folder.path().join("zeros.pdf");
    File::create(&zeros).unwrap().set_len(300 << 30).unwrap();
    assert_eq!(code(&zeros, 4 << 30), ProblemCode::FileTooLarge);
    let text = folder.path().join("zeros.txt");
    File::create(&text).unwrap().set_len(MOST_BYTES + 1).unwrap();
    assert_eq!(code(&text, 4 << 30), ProblemCode::FileTooLarge);
}
