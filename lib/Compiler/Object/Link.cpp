//===- Link.cpp - Executables, libraries and archives ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/Link.h"
#include "LinkConfig.h"
#include "quant-opt/Support/AtomicFile.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/Signals.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using namespace quantopt;
using llvm::Error;
using llvm::Expected;
namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

//===----------------------------------------------------------------------===//
// Temporary files
//===----------------------------------------------------------------------===//

namespace {
/// A folder that is removed with its contents.
class TemporaryFolder {
public:
  static Expected<std::unique_ptr<TemporaryFolder>> create() {
    auto folder = std::make_unique<TemporaryFolder>();
    if (std::error_code code =
            fs::createUniqueDirectory("quant-compile", folder->root))
      return llvm::createStringError("cannot create a temporary folder: " +
                                     code.message());
    return folder;
  }
  ~TemporaryFolder() {
    // The paths may belong to others from now on.
    for (const std::string &file : files)
      llvm::sys::DontRemoveFileOnSignal(file);
    if (!root.empty())
      fs::remove_directories(root);
  }

  /// A path in the folder; what is there goes when a signal ends the program.
  std::string getPath(const llvm::Twine &name) {
    SmallString<128> result(root);
    path::append(result, name);
    llvm::sys::RemoveFileOnSignal(result);
    return files.emplace_back(result);
  }

  /// Writes a file; returns its path.
  Expected<std::string> write(const llvm::Twine &name, StringRef contents) {
    std::string result = getPath(name);
    Error error = writeFileAtomically(result, [&](raw_ostream &os) -> Error {
      os << contents;
      return Error::success();
    });
    if (error)
      return std::move(error);
    return result;
  }

private:
  SmallString<128> root;
  std::vector<std::string> files;
};
} // namespace

//===----------------------------------------------------------------------===//
// The linker
//===----------------------------------------------------------------------===//

static Expected<std::string> findLinker() {
  if (fs::can_execute(QUANTOPT_LLD_PATH))
    return std::string(QUANTOPT_LLD_PATH);
  for (StringRef name : {"ld.lld-22", "ld.lld"})
    if (auto found = llvm::sys::findProgramByName(name))
      return *found;
  return llvm::createStringError("the linker 'ld.lld' is not installed; "
                                 "install it or use '--emit=obj'");
}

/// Runs the linker; its messages become the error's.
static Error runLinker(ArrayRef<std::string> arguments,
                       TemporaryFolder &folder) {
  Expected<std::string> linker = findLinker();
  if (!linker)
    return linker.takeError();
  SmallVector<StringRef> all = {*linker};
  llvm::append_range(all, arguments);
  std::string log = folder.getPath("log");
  std::optional<StringRef> redirects[] = {StringRef(""), StringRef(log),
                                          StringRef(log)};
  std::string problem;
  int code = llvm::sys::ExecuteAndWait(*linker, all, std::nullopt, redirects, 0,
                                       0, &problem);
  if (code == 0)
    return Error::success();
  if (auto buffer = llvm::MemoryBuffer::getFile(log))
    problem += (*buffer)->getBuffer().rtrim();
  return llvm::createStringError("linking failed: " + problem);
}

/// Moves a finished file to its name, on the same file system.
static Error publish(StringRef from, StringRef to) {
  auto buffer = llvm::MemoryBuffer::getFile(from);
  if (!buffer)
    return llvm::createStringError(from + ": " + buffer.getError().message());
  return writeFileAtomically(
      to,
      [&](raw_ostream &os) -> Error {
        os << (*buffer)->getBuffer();
        return Error::success();
      },
      /*executable=*/true);
}

/// Writes the objects to the folder and adds their paths.
static Error addObjects(ArrayRef<Bytes> objects, TemporaryFolder &folder,
                        std::vector<std::string> &arguments) {
  for (auto [i, object] : llvm::enumerate(objects)) {
    auto file = folder.write("part" + llvm::Twine(i) + ".o",
                             StringRef(object.data(), object.size()));
    if (!file)
      return file.takeError();
    arguments.push_back(*file);
  }
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Executables
//===----------------------------------------------------------------------===//

Error quantopt::checkExecutableTarget(StringRef tripleName) {
  llvm::Triple triple(tripleName);
  llvm::Triple host(llvm::sys::getDefaultTargetTriple());
  if (triple.getArch() == host.getArch() && triple.getOS() == host.getOS())
    return Error::success();
  return llvm::createStringError(
      "an executable for '" + tripleName + "' cannot be linked on '" +
      host.str() +
      "'; use '--emit=static' or '--emit=obj' and link it with "
      "that target's tools");
}

static StringRef getDynamicLinker(const llvm::Triple &triple) {
  switch (triple.getArch()) {
  case llvm::Triple::aarch64:
    return "/lib/ld-linux-aarch64.so.1";
  case llvm::Triple::riscv64:
    return "/lib/ld-linux-riscv64-lp64d.so.1";
  default:
    return "/lib64/ld-linux-x86-64.so.2";
  }
}

/// Folders in which the C library's files may be, those of the build first.
static SmallVector<std::string> getLibraryFolders(const llvm::Triple &triple) {
  SmallVector<StringRef> configured;
  StringRef(QUANTOPT_CRT_FOLDERS).split(configured, ';', -1, false);
  SmallVector<std::string> result(configured.begin(), configured.end());
  std::string multiarch = (triple.getArchName() + "-linux-gnu").str();
  for (StringRef root : {"/usr/lib/", "/lib/"})
    result.push_back(root.str() + multiarch);
  for (StringRef folder : {"/usr/lib64", "/lib64", "/usr/lib", "/lib"})
    result.push_back(folder.str());
  llvm::erase_if(result,
                 [](const std::string &folder) { return !fs::exists(folder); });
  return result;
}

static Expected<std::string> findStartFile(ArrayRef<std::string> folders,
                                           StringRef name) {
  for (StringRef folder : folders) {
    SmallString<128> file(folder);
    path::append(file, name);
    if (fs::exists(file))
      return std::string(file);
  }
  return llvm::createStringError(
      "the C library's start file '" + name +
      "' is not installed; install the C library's development package or use "
      "'--emit=shared'");
}

/// The runtime's archive: beside the build's libraries or where it is
/// installed.
static Expected<std::string> findRuntime(StringRef toolDir) {
  StringRef name = "libquantopt_runtime_exe.a";
  for (StringRef folder : {"../lib", "../lib/quant-opt"}) {
    SmallString<128> file(toolDir);
    path::append(file, folder, name);
    if (fs::exists(file))
      return std::string(file);
  }
  return llvm::createStringError("'" + name +
                                 "' is not in '../lib' or "
                                 "'../lib/quant-opt' of '" +
                                 toolDir + "'; build or install it");
}

Error quantopt::linkExecutable(ArrayRef<Bytes> objects, StringRef path,
                               const LinkOptions &options) {
  if (Error error = checkExecutableTarget(options.triple))
    return error;
  auto folder = TemporaryFolder::create();
  if (!folder)
    return folder.takeError();
  llvm::Triple triple(options.triple);
  SmallVector<std::string> folders = getLibraryFolders(triple);
  std::string program = (*folder)->getPath("program");
  std::vector<std::string> arguments = {"-pie",
                                        "--gc-sections",
                                        "--hash-style=gnu",
                                        "-z",
                                        "relro",
                                        "-z",
                                        "now",
                                        "--dynamic-linker",
                                        getDynamicLinker(triple).str(),
                                        "-o",
                                        program};
  for (StringRef start : {"Scrt1.o", "crti.o"}) {
    auto file = findStartFile(folders, start);
    if (!file)
      return file.takeError();
    arguments.push_back(*file);
  }
  if (Error error = addObjects(objects, **folder, arguments))
    return error;
  auto runtime = findRuntime(options.toolDir);
  if (!runtime)
    return runtime.takeError();
  arguments.push_back(*runtime);
  for (const std::string &name : folders)
    arguments.push_back("-L" + name);
  arguments.push_back("-lc");
  auto end = findStartFile(folders, "crtn.o");
  if (!end)
    return end.takeError();
  arguments.push_back(*end);
  if (Error error = runLinker(arguments, **folder))
    return error;
  return publish(program, path);
}

//===----------------------------------------------------------------------===//
// Libraries
//===----------------------------------------------------------------------===//

Error quantopt::linkShared(ArrayRef<Bytes> objects, StringRef path,
                           const LinkOptions &options) {
  auto folder = TemporaryFolder::create();
  if (!folder)
    return folder.takeError();
  auto exports =
      (*folder)->write("exports", "{ global: quantopt_model; " + options.name +
                                      "_run; local: *; };\n");
  if (!exports)
    return exports.takeError();
  std::string library = (*folder)->getPath("library");
  // Names that nobody can look up take a tenth of a tiny network's library.
  std::vector<std::string> arguments = {"-shared",
                                        "--strip-all",
                                        "--hash-style=gnu",
                                        "--no-undefined",
                                        "-soname",
                                        path::filename(path).str(),
                                        "--version-script",
                                        *exports,
                                        "-o",
                                        library};
  if (Error error = addObjects(objects, **folder, arguments))
    return error;
  if (Error error = runLinker(arguments, **folder))
    return error;
  return publish(library, path);
}

Error quantopt::writeStaticLibrary(const Bytes &object, StringRef path,
                                   StringRef name) {
  std::string member = (name + ".o").str();
  llvm::MemoryBufferRef buffer(StringRef(object.data(), object.size()), member);
  llvm::NewArchiveMember entry(buffer);
  auto archive = llvm::writeArchiveToBuffer(
      entry, llvm::SymtabWritingMode::NormalSymtab,
      llvm::object::Archive::K_GNU, /*Deterministic=*/true, /*Thin=*/false);
  if (!archive)
    return archive.takeError();
  return writeFileAtomically(path, [&](raw_ostream &os) -> Error {
    os << (*archive)->getBuffer();
    return Error::success();
  });
}
