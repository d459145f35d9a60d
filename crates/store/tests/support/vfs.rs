//! A layer under SQLite that keeps a record of what is written and when it was waited for, and that
//! can be told to let writes fail. It is the process's default from [`install`] on.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "each hands to the layer below what SQLite handed in, as it was handed in"
)]

use rusqlite::ffi::{
    SQLITE_FULL, SQLITE_OK, sqlite3_file, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs,
    sqlite3_vfs_find, sqlite3_vfs_register,
};
use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem::size_of;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

/// What was done to a file, by the last part of its name.
#[derive(Clone, Debug)]
pub enum Event {
    Write(String, u64, Vec<u8>),
    Truncate(String, u64),
    Sync(String),
    Delete(String),
}

static EVENTS: Mutex<Vec<Event>> = Mutex::new(Vec::new());
/// Writes that still succeed; all do where it is negative.
static WRITES_LEFT: AtomicI64 = AtomicI64::new(-1);

pub fn events() -> MutexGuard<'static, Vec<Event>> {
    EVENTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on so many writes succeed, and no more after.
pub fn fail_after(writes: i64) {
    WRITES_LEFT.store(writes, Ordering::SeqCst);
}

/// All writes succeed again; whether any failed.
pub fn heal() -> bool {
    WRITES_LEFT.swap(-1, Ordering::SeqCst) == 0
}

fn may_write() -> bool {
    let taken = WRITES_LEFT.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
        if left > 0 { Some(left - 1) } else { None }
    });
    !matches!(taken, Err(0))
}

/// An open file of ours; the one below follows it in memory.
#[repr(C)]
struct Recorded {
    base: sqlite3_file,
    name: *mut String,
}

/// The file below. SAFETY: `xOpen` was given room for both, and made the one below.
unsafe fn below(file: *mut sqlite3_file) -> *mut sqlite3_file {
    unsafe { file.cast::<u8>().add(size_of::<Recorded>()).cast() }
}

unsafe fn methods(file: *mut sqlite3_file) -> &'static sqlite3_io_methods {
    unsafe { &*(*below(file)).pMethods }
}

unsafe fn note(file: *mut sqlite3_file, event: impl FnOnce(String) -> Event) {
    let name = unsafe { (*file.cast::<Recorded>()).name };
    if let Some(name) = unsafe { name.as_ref() } {
        events().push(event(name.clone()));
    }
}

macro_rules! pass_on {
    ($($ours:ident = $method:ident($($argument:ident: $kind:ty),*) -> $result:ty;)*) => {
        $(unsafe extern "C" fn $ours(file: *mut sqlite3_file, $($argument: $kind),*) -> $result {
            unsafe { methods(file).$method.unwrap()(below(file), $($argument),*) }
        })*
    };
}

pass_on! {
    read = xRead(into: *mut c_void, length: c_int, at: sqlite3_int64) -> c_int;
    file_size = xFileSize(size: *mut sqlite3_int64) -> c_int;
    lock = xLock(kind: c_int) -> c_int;
    unlock = xUnlock(kind: c_int) -> c_int;
    check_lock = xCheckReservedLock(found: *mut c_int) -> c_int;
    control = xFileControl(what: c_int, value: *mut c_void) -> c_int;
    sector_size = xSectorSize() -> c_int;
    characteristics = xDeviceCharacteristics() -> c_int;
    shm_map = xShmMap(page: c_int, size: c_int, extend: c_int, at: *mut *mut c_void) -> c_int;
    shm_lock = xShmLock(first: c_int, count: c_int, flags: c_int) -> c_int;
    shm_barrier = xShmBarrier() -> ();
    shm_unmap = xShmUnmap(delete: c_int) -> c_int;
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    unsafe {
        let ours = file.cast::<Recorded>();
        if !(*ours).name.is_null() {
            drop(Box::from_raw((*ours).name));
        }
        methods(file).xClose.unwrap()(below(file))
    }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    bytes: *const c_void,
    length: c_int,
    at: sqlite3_int64,
) -> c_int {
    if !may_write() {
        return SQLITE_FULL;
    }
    unsafe {
        let written = std::slice::from_raw_parts(bytes.cast::<u8>(), length as usize).to_vec();
        note(file, |name| Event::Write(name, at as u64, written));
        methods(file).xWrite.unwrap()(below(file), bytes, length, at)
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, length: sqlite3_int64) -> c_int {
    unsafe {
        note(file, |name| Event::Truncate(name, length as u64));
        methods(file).xTruncate.unwrap()(below(file), length)
    }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    unsafe {
        let done = methods(file).xSync.unwrap()(below(file), flags);
        note(file, Event::Sync);
        done
    }
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_lock),
    xFileControl: Some(control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// The system's own layer. SAFETY: it is registered as long as the process runs.
unsafe fn system() -> *mut sqlite3_vfs {
    static NAME: &CStr = c"unix";
    unsafe { sqlite3_vfs_find(NAME.as_ptr()) }
}

unsafe fn last_part(name: *const c_char) -> Option<String> {
    if name.is_null() {
        return None;
    }
    let path = unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned();
    path.rsplit('/').next().map(str::to_owned)
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    unsafe {
        (*file).pMethods = std::ptr::null();
        let real = system();
        let done = (*real).xOpen.unwrap()(real, name, below(file), flags, out_flags);
        if done == SQLITE_OK {
            let name = last_part(name).map_or(std::ptr::null_mut(), |n| Box::into_raw(Box::new(n)));
            (*file.cast::<Recorded>()).name = name;
            (*file).pMethods = &raw const METHODS;
        }
        done
    }
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, name: *const c_char, sync: c_int) -> c_int {
    unsafe {
        if let Some(name) = last_part(name) {
            events().push(Event::Delete(name));
        }
        let real = system();
        (*real).xDelete.unwrap()(real, name, sync)
    }
}

/// Makes it the layer under every connection that is opened from now on.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| unsafe {
        // SAFETY: what is registered is never freed; all but these calls are the system's.
        let ours = Box::leak(Box::new(*system()));
        ours.szOsFile += size_of::<Recorded>() as c_int;
        ours.zName = c"recording".as_ptr();
        ours.pNext = std::ptr::null_mut();
        ours.xOpen = Some(open);
        ours.xDelete = Some(delete);
        assert_eq!(sqlite3_vfs_register(ours, 1), SQLITE_OK);
    });
}
