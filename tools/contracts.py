"""Import contracts of our own, used by import-linter (pyproject.toml names them by type)."""

from __future__ import annotations

from typing import cast

import grimp
from importlinter import Contract, ContractCheck, fields, output
from importlinter.contracts.protected import ProtectedContract
from importlinter.domain.imports import ModuleExpression


class ProtectedLibraryContract(ProtectedContract):
    """A library that only named folders import; kept as well while nobody imports it.

    The contract shipped with import-linter fails with an error on a library absent from the graph.
    """

    type_name = "protected_library"

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001  # of the base
        """Report every import of the libraries from outside the allowed folders."""
        libraries = cast("list[ModuleExpression]", self.protected_modules)
        for library in libraries:
            if library.expression not in graph.modules:
                graph.add_module(library.expression, is_squashed=True)
        importers = cast("list[ModuleExpression]", self.allowed_importers)
        for importer in importers:
            if importer.expression not in graph.modules:
                graph.add_module(importer.expression)
        return super().check(graph, verbose)


class PrivateModulesContract(Contract):
    """Modules that only their own package imports, such as the tables of a folder of core.

    Option `private_modules`: expressions such as `core.*.model`.
    """

    type_name = "private_modules"

    private_modules = fields.ListField(subfield=fields.ModuleExpressionField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001  # of the base
        """Report every import of a private module from outside the package it lies in."""
        expressions = cast("list[ModuleExpression]", self.private_modules)
        private = {name for each in expressions for name in graph.find_matching_modules(each.expression)}
        illegal = sorted(
            f"{importer} -> {module}"
            for module in private
            for importer in graph.find_modules_that_directly_import(module)
            if not f"{importer}.".startswith(module.rpartition(".")[0] + ".")
        )
        return ContractCheck(kept=not illegal, metadata={"illegal": illegal})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print the imports found."""
        for line in check.metadata["illegal"]:
            output.print_error(line, bold=False)
