//===- AtomicFile.cpp - Files that appear complete or not -----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Support/AtomicFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace quantopt;
namespace fs = llvm::sys::fs;

/// The error "PATH: cannot write: REASON".
static llvm::Error failWrite(StringRef path, std::error_code code) {
  return llvm::createStringError(code, "%s: cannot write: %s",
                                 path.str().c_str(), code.message().c_str());
}

/// Flushes the stream; takes its error away, since a stream that is destroyed
/// with one ends the program.
static std::error_code finishStream(llvm::raw_fd_ostream &stream) {
  stream.flush();
  std::error_code code = stream.error();
  stream.clear_error();
  return code;
}

/// Writes to a descriptor that is closed in any case when `owned`.
static llvm::Error
writeToDescriptor(StringRef path, int descriptor, bool owned,
                  llvm::function_ref<llvm::Error(llvm::raw_ostream &)> write) {
  llvm::raw_fd_ostream stream(descriptor, owned);
  llvm::Error error = write(stream);
  std::error_code code = finishStream(stream);
  if (error)
    return error;
  return code ? failWrite(path, code) : llvm::Error::success();
}

llvm::Error quantopt::writeFileAtomically(
    StringRef path, llvm::function_ref<llvm::Error(llvm::raw_ostream &)> write,
    bool executable) {
  if (path == "-")
    return writeToDescriptor("standard output", /*descriptor=*/1,
                             /*owned=*/false, write);
  fs::file_status status;
  bool exists = !fs::status(path, status);
  if (exists && status.type() == fs::file_type::directory_file)
    return failWrite(path, std::make_error_code(std::errc::is_a_directory));
  if (exists && status.type() != fs::file_type::regular_file) {
    int descriptor;
    if (std::error_code code = fs::openFileForWrite(
            path, descriptor, fs::CD_OpenExisting, fs::OF_None))
      return failWrite(path, code);
    return writeToDescriptor(path, descriptor, /*owned=*/true, write);
  }
  llvm::SmallString<256> target(path);
  if (exists)
    if (std::error_code code = fs::real_path(path, target))
      return failWrite(path, code);
  unsigned mode = fs::all_read | fs::all_write;
  if (executable)
    mode |= fs::all_exe;
  auto file = fs::TempFile::create(target + ".tmp-%%%%%%", mode);
  if (!file)
    return failWrite(path, llvm::errorToErrorCode(file.takeError()));
  llvm::Error error = writeToDescriptor(path, file->FD, /*owned=*/false, write);
  if (error)
    return llvm::joinErrors(std::move(error), file->discard());
  if (llvm::Error kept = file->keep(target))
    return failWrite(path, llvm::errorToErrorCode(std::move(kept)));
  return llvm::Error::success();
}
