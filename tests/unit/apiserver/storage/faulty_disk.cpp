#include "tests/unit/apiserver/storage/faulty_disk.hpp"

#include <sqlite3.h>

#include <mutex>
#include <new>
#include <stdexcept>

namespace picket::storage::testing {
namespace {

/// Which operations fail next. The writer thread of a store asks, the test tells.
class FaultPlan {
public:
    void set(Fault fault, int first, int count) {
        const std::lock_guard lock(mutex_);
        fault_ = fault;
        before_ = first - 1;
        left_ = count;
        failures_ = 0;
    }
    bool strikes(Fault fault) {
        const std::lock_guard lock(mutex_);
        if (fault != fault_ || left_ == 0) return false;
        if (before_ > 0) {
            --before_;
            return false;
        }
        --left_;
        ++failures_;
        return true;
    }
    int failures() {
        const std::lock_guard lock(mutex_);
        return failures_;
    }

private:
    std::mutex mutex_;
    Fault fault_ = Fault::Full;
    int before_ = 0;
    int left_ = 0;
    int failures_ = 0;
};

FaultPlan& plan() {
    static FaultPlan instance;
    return instance;
}

sqlite3_vfs* real_disk = nullptr;

/// A file of the faulty disk; the real one lies behind it in the same memory.
struct FaultyFile {
    sqlite3_file base;
    [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_file* real_of(sqlite3_file* file) {
    return reinterpret_cast<FaultyFile*>(file)->real();
}

template <auto Method, class... Arguments>
int pass_on(sqlite3_file* file, Arguments... arguments) {
    auto* real = real_of(file);
    return (real->pMethods->*Method)(real, arguments...);
}

int write_or_fail(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
    if (plan().strikes(Fault::WriteError)) return SQLITE_IOERR_WRITE;
    if (plan().strikes(Fault::Full)) return SQLITE_FULL;
    return pass_on<&sqlite3_io_methods::xWrite>(file, data, size, offset);
}

int sync_or_fail(sqlite3_file* file, int flags) {
    if (plan().strikes(Fault::SyncError)) return SQLITE_IOERR_FSYNC;
    return pass_on<&sqlite3_io_methods::xSync>(file, flags);
}

int truncate_or_fail(sqlite3_file* file, sqlite3_int64 size) {
    if (plan().strikes(Fault::TruncateError)) return SQLITE_IOERR_TRUNCATE;
    return pass_on<&sqlite3_io_methods::xTruncate>(file, size);
}

/// Version 2: with shared memory, without mapping.
sqlite3_io_methods faulty_methods() {
    sqlite3_io_methods methods{};
    methods.iVersion = 2;
    methods.xClose = pass_on<&sqlite3_io_methods::xClose>;
    methods.xRead = pass_on<&sqlite3_io_methods::xRead>;
    methods.xWrite = write_or_fail;
    methods.xTruncate = truncate_or_fail;
    methods.xSync = sync_or_fail;
    methods.xFileSize = pass_on<&sqlite3_io_methods::xFileSize>;
    methods.xLock = pass_on<&sqlite3_io_methods::xLock>;
    methods.xUnlock = pass_on<&sqlite3_io_methods::xUnlock>;
    methods.xCheckReservedLock = pass_on<&sqlite3_io_methods::xCheckReservedLock>;
    methods.xFileControl = pass_on<&sqlite3_io_methods::xFileControl>;
    methods.xSectorSize = pass_on<&sqlite3_io_methods::xSectorSize>;
    methods.xDeviceCharacteristics = pass_on<&sqlite3_io_methods::xDeviceCharacteristics>;
    methods.xShmMap = pass_on<&sqlite3_io_methods::xShmMap>;
    methods.xShmLock = pass_on<&sqlite3_io_methods::xShmLock>;
    methods.xShmBarrier = [](sqlite3_file* file) {
        real_of(file)->pMethods->xShmBarrier(real_of(file));
    };
    methods.xShmUnmap = pass_on<&sqlite3_io_methods::xShmUnmap>;
    return methods;
}

int open_faulty(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    static const sqlite3_io_methods kMethods = faulty_methods();
    file->pMethods = nullptr;
    const int code = real_disk->xOpen(real_disk, name, real_of(file), flags, out_flags);
    if (code == SQLITE_OK) file->pMethods = &kMethods;
    return code;
}

sqlite3_vfs& faulty_disk() {
    static sqlite3_vfs disk = [] {
        real_disk = sqlite3_vfs_find(nullptr);
        sqlite3_vfs made = *real_disk;
        made.zName = "faulty";
        made.szOsFile += static_cast<int>(sizeof(FaultyFile));
        made.xOpen = open_faulty;
        return made;
    }();
    return disk;
}

}  // namespace

FaultyDisk::FaultyDisk() {
    if (sqlite3_vfs_register(&faulty_disk(), 1) != SQLITE_OK)
        throw std::runtime_error("cannot register the faulty disk");
}

FaultyDisk::~FaultyDisk() {
    fail(Fault::Full, 1, 0);
    sqlite3_vfs_unregister(&faulty_disk());
}

void FaultyDisk::fail(Fault fault, int first, int count) {
    plan().set(fault, first, count);
}

int FaultyDisk::failures() {
    return plan().failures();
}

}  // namespace picket::storage::testing
