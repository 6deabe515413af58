"""The columns of `trials` and `runs` that say how steadily a training went, and how what it learned carries over."""

from __future__ import annotations

from sweeper.reporting.column import Column

FIT = (
    Column(
        "late_sd",
        "`noise` over the last fifth of the evaluations, 8 at least",
        unit="loss, or error points",
        range=">= 0",
        missing="fewer than 8 evaluations",
    ),
    Column(
        "train_increase",
        "whether training got worse on the whole: by Spearman's correlation with time, and by 2 % from first to last",
        range="true, false",
        missing="fewer than 3 evaluations, or no training curve",
    ),
    Column(
        "init_check",
        "distance of the training loss before training from the cross-entropy of guessing",
        unit="per cent of guessing",
        range=">= 0",
        missing="not logged, what guessing gives is not known, or numbers are predicted",
    ),
    Column(
        "train_progress",
        "Prechelt's P_5 at the end: how far the mean of the last 5 training values lies above their least",
        unit="per mille",
        range=">= 0",
        missing="fewer than 5 evaluations, no training curve, or its least is not above 0",
    ),
    Column(
        "pq",
        "Prechelt's PQ at the end: overfit_severity over train_progress",
        range=">= 0",
        missing="one of them is, or training stands still",
    ),
    Column(
        "up_strips",
        "strips of 5 evaluations in a row, up to the last, whose ends rose: Prechelt's UP_s holds for each s up to this",
        range=">= 0",
        missing="fewer than 6 evaluations",
    ),
    Column(
        "memorization",
        "what training gained over guessing at the end, over what validation did: 1 is alike, 2 half learned by heart",
        missing="what guessing gives is not known, or validation is not better than it beyond twice its noise",
    ),
    Column(
        "matched_level",
        "the training value that 80 % of the complete trainings reach, one for the sweep",
        unit="loss, or error points",
        missing="see gap_matched",
    ),
    Column(
        "gap_matched",
        "validation minus training where training first comes down to matched_level",
        unit="loss, or error points",
        range="any; negative is legal",
        missing="training did not come down to it, or was below it from the first value logged on",
    ),
    Column(
        "calib_gap",
        "calibration error of validation minus that of training (train_eval) at best_epoch; a column where it was measured",
        unit="error points",
        range="-1 to 1",
        missing="not measured on both parts there",
    ),
    Column(
        "overconfident",
        "whether the loss overfits while accuracy keeps its best value within its noise",
        range="true, false",
        missing="loss and accuracy of validation were not both logged",
    ),
)
