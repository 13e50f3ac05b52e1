#include "datasets/image_cache.hpp"

#include "datasets/error.hpp"
#include "datasets/file_bytes.hpp"
#include "datasets/image_file.hpp"
#include "datasets/patient_lock.hpp"
#include "datasets/resize.hpp"
#include "datasets/sha256.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <mutex>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

// Raised when decoding or resizing changes what comes out.
constexpr const char* kVersion = "rraebench images 2";
constexpr std::size_t kHeaderBytes = 4096;  // A page, so that the pixels begin on one.
constexpr std::size_t kDigestBytes = 64;    // SHA-256 as text.

std::size_t image_bytes(const ImageForm& form) {
  return static_cast<std::size_t>(form.channels * form.height * form.width);
}

std::size_t file_bytes(const ImageList& list) {
  return kHeaderBytes + list.files.size() * image_bytes(list.form);
}

/// Hash of all that decides the pixels, found without reading the images.
std::string cache_key(const ImageList& list) {
  Sha256 hash;
  const auto add = [&](const std::string& text) { hash.update(text.c_str(), text.size() + 1); };
  add(kVersion);
  for (const auto extent : {list.form.channels, list.form.height, list.form.width})
    add(std::to_string(extent));
  for (const auto& file : list.files) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0)
      throw DatasetError(file.string() + ": no such readable file; check the path and its permissions");
    add(file.string());
    add(std::to_string(status.st_size) + " " + std::to_string(status.st_mtim.tv_sec) + "." +
        std::to_string(status.st_mtim.tv_nsec));
  }
  return hash.hex();
}

/// A file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  explicit operator bool() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  int number_;
};

[[noreturn]] void fail(const fs::path& file, const std::string& what, int error) {
  throw DatasetError(file.string() + ": " + what + ": " + std::strerror(error) +
                     "; --cache-dir names another folder for the cache");
}

void write_at(const Descriptor& file, const void* bytes, std::size_t count, std::size_t offset,
              const fs::path& path) {
  const auto* next = static_cast<const char*>(bytes);
  while (count > 0) {
    const auto written = ::pwrite(file.number(), next, count, static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail(path, "cannot be written", written < 0 ? errno : ENOSPC);
    next += written;
    offset += static_cast<std::size_t>(written);
    count -= static_cast<std::size_t>(written);
  }
}

/// The header is text and padding: what the pixels are of, and the fingerprint of what they came from.
std::string header_begin(const ImageList& list, const std::string& key) {
  return std::string(kVersion) + "\ncount " + std::to_string(list.files.size()) + "\nchannels " +
         std::to_string(list.form.channels) + "\nheight " + std::to_string(list.form.height) + "\nwidth " +
         std::to_string(list.form.width) + "\nkey " + key + "\nfingerprint ";
}

std::optional<CachedImages> open_cache(const ImageList& list, const std::string& key, const fs::path& path) {
  const Descriptor file(
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));  // A pipe is not waited for.
  struct stat status {};
  if (!file || ::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  const auto size = file_bytes(list);
  if (static_cast<std::size_t>(status.st_size) != size) return std::nullopt;
  // Read-only and shared: pages come and go with the system's cache and never count as this process's own.
  void* begin = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.number(), 0);
  if (begin == MAP_FAILED) fail(path, "cannot be mapped", errno);
  const std::shared_ptr<const void> mapping(
      begin, [size](const void* at) { ::munmap(const_cast<void*>(at), size); });
  const auto* bytes = static_cast<const char*>(begin);
  const auto expected = header_begin(list, key);
  if (std::string_view(bytes, expected.size()) != expected) return std::nullopt;
  CachedImages images;
  images.fingerprint.assign(bytes + expected.size(), kDigestBytes);
  images.samples.type = ElementType::kByte;
  images.samples.shape = {static_cast<std::int64_t>(list.files.size()), list.form.channels, list.form.height,
                          list.form.width};
  images.samples.data = std::shared_ptr<const void>(mapping, bytes + kHeaderBytes);
  return images;
}

/// Decodes and resizes images, keeping its buffers; one for each thread.
class ImageWorker {
 public:
  explicit ImageWorker(const ImageList& list) : list_(list), pixels_(image_bytes(list.form)) {
    if (list.form.channels == 1) planes_.resize(3 * pixels_.size());
  }

  /// Of image `index`: the pixels, and the SHA-256 of the file.
  const std::vector<std::uint8_t>& make(std::size_t index, std::string& digest) {
    const auto& path = list_.files[index];
    const auto bytes = read_bytes(path, kMostImageBytes);
    digest = sha256_hex(bytes);
    decoder_.decode(bytes, path.string(), image_);
    if (list_.required_size &&
        *list_.required_size != std::pair<std::int64_t, std::int64_t>(image_.width, image_.height))
      throw DatasetError(
          path.string() + ": " + std::to_string(image_.width) + " x " + std::to_string(image_.height) +
          " pixels, expected " + std::to_string(list_.required_size->first) + " x " +
          std::to_string(list_.required_size->second) + " as all images of '" + list_.name + "'");
    if (!resize_ || resize_->width_in() != image_.width || resize_->height_in() != image_.height)
      resize_.emplace(image_.width, image_.height, list_.form.width, list_.form.height);
    const bool grey = list_.form.channels == 1;
    resize_->apply(image_.rgb.data(), grey ? planes_.data() : pixels_.data(), scratch_);
    if (grey) to_grey(planes_.data(), static_cast<std::int64_t>(pixels_.size()), pixels_.data());
    return pixels_;
  }

 private:
  const ImageList& list_;
  ImageDecoder decoder_;
  Image image_;
  std::optional<BilinearResize> resize_;
  std::vector<std::uint8_t> scratch_;
  std::vector<std::uint8_t> planes_;
  std::vector<std::uint8_t> pixels_;
};

std::size_t thread_count(std::size_t image_count) {
  cpu_set_t set;
  CPU_ZERO(&set);
  const int cores = ::sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
  return std::clamp<std::size_t>(image_count / 16, 1, static_cast<std::size_t>(std::max(cores, 1)));
}

/// Writes all pixels behind the header's place; returns the fingerprint.
std::string write_pixels(const ImageList& list, const Descriptor& file, const fs::path& path,
                         const DataProgress& progress) {
  const auto size = image_bytes(list.form);
  std::vector<std::string> digests(list.files.size());
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> done{0};
  std::mutex mutex;
  std::exception_ptr first_fault;
  std::size_t fault_index = list.files.size();
  const auto work = [&](bool reports) {
    auto index = list.files.size();
    try {
      ImageWorker worker(list);
      for (index = next++; index < list.files.size(); index = next++) {
        write_at(file, worker.make(index, digests[index]).data(), size, kHeaderBytes + index * size, path);
        ++done;
        if (reports && progress)
          progress(static_cast<std::int64_t>(done), static_cast<std::int64_t>(list.files.size()));
      }
    } catch (...) {
      // Of several bad images the first is named, whichever thread came upon it.
      const std::lock_guard<std::mutex> lock(mutex);
      if (!first_fault || index < fault_index) {
        fault_index = index;
        first_fault = std::current_exception();
      }
      next = list.files.size();
    }
  };
  const auto most_threads = thread_count(list.files.size());
  std::vector<std::thread> threads;
  threads.reserve(most_threads);
  try {
    while (threads.size() + 1 < most_threads) threads.emplace_back(work, false);
  } catch (const std::exception&) {
    // No more can be started: those that there are do the work.
  }
  work(true);
  for (auto& thread : threads) thread.join();
  if (first_fault) std::rethrow_exception(first_fault);
  Sha256 hash;
  for (const auto& digest : digests) hash.update(digest.data(), digest.size());
  return hash.hex();
}

/// The unfinished file, locked, or none if meanwhile another process finished `path`.
Descriptor lock_unfinished(const fs::path& unfinished, const fs::path& path, const DataHooks& hooks,
                           std::int64_t count) {
  while (true) {
    Descriptor file(::open(unfinished.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644));
    if (!file) fail(unfinished, "cannot be opened", errno);
    const auto look = [&] {
      if (hooks.progress) hooks.progress(0, count);
    };
    if (const int refused = lock_patiently(file.number(), path, hooks.waiting, look); refused != 0)
      fail(unfinished, "cannot be locked", refused);
    // Who held the lock before may have renamed this very file.
    struct stat locked {};
    struct stat named {};
    const bool same = ::fstat(file.number(), &locked) == 0 && ::stat(unfinished.c_str(), &named) == 0 &&
                      locked.st_ino == named.st_ino && locked.st_dev == named.st_dev;
    if (same) return file;
    if (is_file(path)) return Descriptor();
  }
}

/// A cache that is gone after a power cut is made anew: where the folder cannot be synchronised, that is no
/// fault.
void sync_folder(const fs::path& folder) {
  const Descriptor file(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file) ::fsync(file.number());
}

void make_cache(const ImageList& list, const std::string& key, const fs::path& path, const DataHooks& hooks) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) fail(path.parent_path(), "cannot be made", error.value());
  const auto unfinished = fs::path(path.string() + ".part");
  const auto file = lock_unfinished(unfinished, path, hooks, static_cast<std::int64_t>(list.files.size()));
  if (!file) return;
  try {
    // Asked for at once, so that a full disk shows before the work, not after.
    if (const int refused = ::posix_fallocate(file.number(), 0, static_cast<off_t>(file_bytes(list)));
        refused != 0)
      fail(unfinished, "no room for " + std::to_string(file_bytes(list)) + " bytes", refused);
    if (::ftruncate(file.number(), static_cast<off_t>(file_bytes(list))) != 0)
      fail(unfinished, "cannot be sized", errno);
    auto header = header_begin(list, key) + write_pixels(list, file, unfinished, hooks.progress) + "\n";
    header.resize(kHeaderBytes, '\0');
    write_at(file, header.data(), header.size(), 0, unfinished);
    if (::fsync(file.number()) != 0) fail(unfinished, "cannot be written", errno);
    if (::rename(unfinished.c_str(), path.c_str()) != 0) fail(path, "cannot be written", errno);
    sync_folder(path.parent_path());
  } catch (...) {
    std::error_code ignored;
    fs::remove(unfinished, ignored);
    throw;
  }
}

}  // namespace

ImageForm form_of(const std::filesystem::path& file, std::int64_t channels) {
  ImageDecoder decoder;
  Image image;
  decoder.decode(read_bytes(file, kMostImageBytes), file.string(), image);
  return {channels, image.height, image.width};
}

CachedImages cached_images(const ImageList& list, const fs::path& cache_dir, const DataHooks& hooks) {
  if (list.files.empty()) throw DatasetError("data set '" + list.name + "' has no images");
  const auto key = cache_key(list);
  const auto path = cache_dir / ("images-" + list.name + "-" + std::to_string(list.form.height) + "x" +
                                 std::to_string(list.form.width) + "x" + std::to_string(list.form.channels) +
                                 "-" + key.substr(0, 16) + ".bin");
  if (auto found = open_cache(list, key, path)) return *found;
  make_cache(list, key, path, hooks);
  if (auto made = open_cache(list, key, path)) return *made;
  throw DatasetError(path.string() + ": it is not what was written; delete it and check the disk");
}

}  // namespace rraebench
