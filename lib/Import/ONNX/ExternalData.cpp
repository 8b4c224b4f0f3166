//===- ExternalData.cpp - Tensor data in files beside a model -------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExternalData.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace quantopt;
using namespace quantopt::onnx;

/// An error about the external data at `location`.
static llvm::Error makeError(const ExternalRange &range, const Twine &what) {
  return llvm::createStringError("external data '" + range.location + "' " +
                                 what);
}

/// The folders and the file name of a location, or an error when it could lead
/// out of the model's folder by its text alone.
static llvm::Expected<SmallVector<std::string>>
splitLocation(const ExternalRange &range) {
  StringRef location = range.location;
  if (location.empty())
    return llvm::createStringError("external data has no location");
  if (location.contains('\0') || location.contains('\\'))
    return makeError(range, "has a character that is not allowed");
  if (location.starts_with("/"))
    return makeError(range, "is an absolute path; expected one relative to "
                            "the model's folder");
  SmallVector<StringRef> parts;
  location.split(parts, '/', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  SmallVector<std::string> names;
  for (StringRef part : parts) {
    if (part == "..")
      return makeError(range, "leaves the model's folder with '..'");
    if (part != ".")
      names.push_back(part.str());
  }
  if (names.empty() || location.ends_with("/"))
    return makeError(range, "does not name a file");
  return names;
}

/// Opens the file step by step, refusing symbolic links on the way, and checks
/// that it is an ordinary file with one name.
static llvm::Expected<int> openBelow(StringRef folder,
                                     const ExternalRange &range) {
  llvm::Expected<SmallVector<std::string>> names = splitLocation(range);
  if (!names)
    return names.takeError();
  std::string base = folder.empty() ? "." : folder.str();
  int descriptor = ::open(base.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (auto [i, name] : llvm::enumerate(*names)) {
    if (descriptor < 0)
      break;
    // O_NONBLOCK: opening a pipe must not wait for its other end.
    bool isLast = i + 1 == names->size();
    int flags =
        O_RDONLY | O_NOFOLLOW | O_CLOEXEC | (isLast ? O_NONBLOCK : O_DIRECTORY);
    int next = ::openat(descriptor, name.c_str(), flags);
    int reason = errno;
    ::close(descriptor);
    errno = reason;
    descriptor = next;
  }
  if (descriptor < 0)
    return makeError(range,
                     errno == ELOOP
                         ? Twine("is or passes a symbolic link")
                         : "cannot be opened: " + Twine(std::strerror(errno)));
  struct stat status;
  llvm::StringRef problem;
  if (::fstat(descriptor, &status) != 0)
    problem = "cannot be examined";
  else if (!S_ISREG(status.st_mode))
    problem = "is not a regular file";
  else if (status.st_nlink != 1)
    problem = "is a hard link to a file with other names; copy it";
  if (problem.empty())
    return descriptor;
  ::close(descriptor);
  return makeError(range, problem);
}

/// Parses a decimal number without sign.
static bool parseNumber(StringRef text, int64_t &value) {
  return !text.empty() && llvm::all_of(text, llvm::isDigit) &&
         !text.getAsInteger(10, value);
}

llvm::Expected<std::vector<char>>
quantopt::onnx::readExternalData(StringRef folder, const ExternalRange &range,
                                 int64_t expectedBytes) {
  int64_t offset = 0, length = expectedBytes;
  if (!range.offset.empty() && !parseNumber(range.offset, offset))
    return makeError(range, "has the malformed offset '" + range.offset + "'");
  if (!range.length.empty() && !parseNumber(range.length, length))
    return makeError(range, "has the malformed length '" + range.length + "'");
  if (length != expectedBytes)
    return makeError(range, "has the length " + Twine(length) +
                                ", but the tensor needs " +
                                Twine(expectedBytes) + " bytes");
  llvm::Expected<int> descriptor = openBelow(folder, range);
  if (!descriptor)
    return descriptor.takeError();
  llvm::scope_exit closer([&] { ::close(*descriptor); });
  struct stat status;
  if (::fstat(*descriptor, &status) != 0)
    return makeError(range, "cannot be examined");
  if (offset > status.st_size || length > status.st_size - offset)
    return makeError(range, "is too short: expected " + Twine(length) +
                                " bytes at offset " + Twine(offset) +
                                ", but the file has " +
                                Twine(int64_t(status.st_size)));
  std::vector<char> bytes(length);
  for (int64_t done = 0; done < length;) {
    ssize_t count =
        ::pread(*descriptor, bytes.data() + done, length - done, offset + done);
    if (count <= 0)
      return makeError(range, "cannot be read");
    done += count;
  }
  return bytes;
}
