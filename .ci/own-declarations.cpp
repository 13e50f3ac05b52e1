// Implements: a plugin of clang that keeps its tools to declarations of this project: the matchers of
// clang-tidy would walk through all of LibTorch, 20 seconds a file. .ci/tidy builds and loads it.

#include <clang/AST/ASTConsumer.h>
#include <clang/AST/ASTContext.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/FrontendPluginRegistry.h>
#include <memory>
#include <string>
#include <vector>

namespace {

class OwnDeclarations : public clang::ASTConsumer {
  void HandleTranslationUnit(clang::ASTContext& context) override {
    const auto& sources = context.getSourceManager();
    std::vector<clang::Decl*> own;
    for (auto* declaration : context.getTranslationUnitDecl()->noload_decls())
      if (!declaration->isFromASTFile() && !sources.isInSystemHeader(declaration->getLocation()))
        own.push_back(declaration);
    context.setTraversalScope(own);
  }
};

class LimitScope : public clang::PluginASTAction {
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance&, llvm::StringRef) override {
    return std::make_unique<OwnDeclarations>();
  }
  bool ParseArgs(const clang::CompilerInstance&, const std::vector<std::string>&) override { return true; }
  ActionType getActionType() override { return AddBeforeMainAction; }
};

const clang::FrontendPluginRegistry::Add<LimitScope> registered("own-declarations",
                                                                "walk our own declarations alone");

}  // namespace
