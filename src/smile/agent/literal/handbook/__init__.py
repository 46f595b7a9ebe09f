"""The handbook: what goes wrong for newcomers, how to tell, and what to do then.

``RULES`` is asked from top to bottom, the most specific diagnosis first; the first answer that
was not yet tried in vain is given.
"""

from __future__ import annotations

from smile.agent.literal.handbook.base import Advice, Paste, Rule, name_of
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.entries import (
    already_done,
    already_inside,
    ambiguous_text,
    code_block,
    compiler_option,
    environment_inactive,
    git_identity,
    invalid_json,
    keeps_running,
    kept_elsewhere,
    made_later,
    made_too_early,
    managed_python,
    misnamed_file,
    missing_directory,
    missing_file,
    missing_library,
    missing_module,
    missing_package,
    missing_program,
    missing_project,
    misspelt_command,
    misspelt_option,
    misspelt_package,
    misspelt_subcommand,
    module_type,
    not_permitted,
    nothing_to_remove,
    other_system,
    outdated_runtime,
    package_lists,
    path_not_set,
    pinned_version,
    placeholder_left,
    port_taken,
    program_later,
    prompt_typed,
    server_gone,
    skipped_step,
    sudo_missing,
    undefined_name,
    unfit_machine,
    unreachable_host,
    unset_variable,
    waits_for_answer,
    wrong_directory,
)

__all__ = ["RULES", "Advice", "Case", "Paste", "Rule", "name_of"]

RULES: tuple[Rule, ...] = (
    # what the words of the question or the command tell by themselves
    already_done,
    ambiguous_text,
    prompt_typed,
    placeholder_left,
    sudo_missing,
    # the world outside
    server_gone,
    unreachable_host,
    port_taken,
    waits_for_answer,
    # slips
    misspelt_command,
    misspelt_option,
    misspelt_subcommand,
    # versions that the text itself asks for, and variables that it forgot
    pinned_version,
    misspelt_package,
    unset_variable,
    # a program is missing
    program_later,
    environment_inactive,
    path_not_set,
    other_system,
    missing_program,
    managed_python,
    package_lists,
    # something inside the code is missing
    missing_module,
    module_type,
    undefined_name,
    missing_package,
    invalid_json,
    compiler_option,
    outdated_runtime,
    missing_library,
    skipped_step,
    git_identity,
    # a path is missing
    nothing_to_remove,
    made_later,
    already_inside,
    made_too_early,
    wrong_directory,
    kept_elsewhere,
    misnamed_file,
    missing_project,
    missing_directory,
    missing_file,
    # the machine
    unfit_machine,
    not_permitted,
    code_block,
    keeps_running,
)
