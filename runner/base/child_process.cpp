#include "runner/base/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

extern char** environ;

namespace coxswain::runner {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kKept = 4096;  // bytes of stderr

void require(int code, const char* what) {
  if (code != 0) {
    throw std::system_error(code, std::generic_category(), what);
  }
}

class ScopedDescriptor {
 public:
  explicit ScopedDescriptor(int descriptor) : descriptor_(descriptor) {}
  ~ScopedDescriptor() { close(); }
  ScopedDescriptor(const ScopedDescriptor&) = delete;
  ScopedDescriptor& operator=(const ScopedDescriptor&) = delete;
  int get() const { return descriptor_; }
  void close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }

 private:
  int descriptor_;
};

// What a child is started with.
class SpawnRules {
 public:
  SpawnRules(const std::string& folder, int errors, ChildOutput output) {
    require(::posix_spawn_file_actions_init(&actions_), "posix_spawn");
    require(::posix_spawnattr_init(&attributes_), "posix_spawn");
    require(::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO,
                                               "/dev/null", O_RDONLY, 0),
            "posix_spawn");
    require(output == ChildOutput::dropped
                ? ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO,
                                                     "/dev/null", O_WRONLY, 0)
                : ::posix_spawn_file_actions_adddup2(&actions_, errors,
                                                     STDOUT_FILENO),
            "posix_spawn");
    require(
        ::posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO),
        "posix_spawn");
    require(::posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str()),
            "posix_spawn");
    // A group of its own, so that a wrapper's child is ended with it.
    require(::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP),
            "posix_spawn");
  }
  ~SpawnRules() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnRules(const SpawnRules&) = delete;
  SpawnRules& operator=(const SpawnRules&) = delete;
  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

// Until every writer has closed the pipe, which children do when they end;
// false if `deadline` comes first.
bool read_until_end(int descriptor, Clock::time_point deadline,
                    std::string& text) {
  std::array<char, 1024> piece{};
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - Clock::now());
    pollfd one{descriptor, POLLIN, 0};
    const int ready =
        ::poll(&one, 1, static_cast<int>(std::max<long>(0, left.count())));
    if (ready == 0) return false;
    if (ready < 0 && errno == EINTR) continue;
    const ssize_t n = ::read(descriptor, piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return true;
    text.append(piece.data(), std::min(static_cast<std::size_t>(n),
                                       kKept - std::min(kKept, text.size())));
  }
}

}  // namespace

ChildResult run_child(const std::vector<std::string>& words,
                      const std::string& folder,
                      const std::vector<std::string>& variables,
                      std::chrono::milliseconds limit, ChildOutput output) {
  int ends[2];
  require(::pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno, "pipe");
  const ScopedDescriptor reading(ends[0]);
  ScopedDescriptor writing(ends[1]);
  const SpawnRules rules(folder, writing.get(), output);
  std::vector<std::string> arguments = words;
  std::vector<std::string> environment = variables;
  for (char** one = environ; *one != nullptr; ++one) {
    environment.emplace_back(*one);
  }
  pid_t child = 0;
  const int code = ::posix_spawnp(
      &child, arguments[0].c_str(), rules.actions(), rules.attributes(),
      pointers(arguments).data(), pointers(environment).data());
  if (code == ENOENT) return {ChildEnd::not_found, ""};
  require(code, words[0].c_str());
  writing.close();
  ChildResult result;
  const bool ended =
      read_until_end(reading.get(), Clock::now() + limit, result.errors);
  if (!ended) ::kill(-child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  result.end = !ended        ? ChildEnd::timed_out
               : status == 0 ? ChildEnd::done
                             : ChildEnd::failed;
  return result;
}

}  // namespace coxswain::runner
