"""The works that a report may cite, as its methods section lists them, and sentences that stand on them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Used:
    """A sentence on what was computed, and the works it stands on."""

    sentence: str
    works: tuple[str, ...]


WILCOXON = "Wilcoxon, F. (1945). Individual comparisons by ranking methods. Biometrics Bulletin 1(6), 80-83."
PRATT = "Pratt, J. W. (1959). Remarks on zeros and ties in the Wilcoxon signed rank procedures. JASA 54(287), 655-667."
MANN = "Mann, H. B. and Whitney, D. R. (1947). On a test of whether one of two random variables is stochastically larger than the other. Annals of Mathematical Statistics 18(1), 50-60."  # noqa: E501
VARGHA = "Vargha, A. and Delaney, H. D. (2000). A critique and improvement of the CL common language effect size statistics. Journal of Educational and Behavioral Statistics 25(2), 101-132."  # noqa: E501
HODGES = "Hodges, J. L. and Lehmann, E. L. (1963). Estimates of location based on rank tests. Annals of Mathematical Statistics 34(2), 598-611."  # noqa: E501
WILSON = "Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. JASA 22(158), 209-212."
HOLM = (
    "Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6(2), 65-70."
)
EFRON = "Efron, B. (1979). Bootstrap methods: another look at the jackknife. Annals of Statistics 7(1), 1-26."
HOCHBERG = "Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal Statistical Society B 57(1), 289-300."  # noqa: E501
ROYSTON = "Royston, P. and Parmar, M. K. B. (2013). Restricted mean survival time: an alternative to the hazard ratio for the design and analysis of randomized trials with a time-to-event outcome. BMC Medical Research Methodology 13, 152."  # noqa: E501
AALEN = "Aalen, O. O. and Johansen, S. (1978). An empirical transition matrix for non-homogeneous Markov chains based on censored observations. Scandinavian Journal of Statistics 5(3), 141-150."  # noqa: E501
SEN = "Sen, P. K. (1968). Estimates of the regression coefficient based on Kendall's tau. JASA 63(324), 1379-1389."
PRECHELT = "Prechelt, L. (1998). Early stopping - but when? In: Neural Networks: Tricks of the Trade, 55-69. Springer."
MATOUSEK = "Matousek, J. (1998). On the L2-discrepancy for anchored boxes. Journal of Complexity 14(4), 527-556."
BERGSTRA = "Bergstra, J., Bardenet, R., Bengio, Y. and Kegl, B. (2011). Algorithms for hyper-parameter optimization. NIPS 24."
HANSEN = "Hansen, N. and Ostermeier, A. (2001). Completely derandomized self-adaptation in evolution strategies. Evolutionary Computation 9(2), 159-195."  # noqa: E501
ASHA = "Li, L., Jamieson, K. et al. (2020). A system for massively parallel hyperparameter tuning. MLSys 2."
HYPERBAND = "Li, L., Jamieson, K. et al. (2018). Hyperband: a novel bandit-based approach to hyperparameter optimization. JMLR 18(185), 1-52."  # noqa: E501
GUO = "Guo, C., Pleiss, G., Sun, Y. and Weinberger, K. Q. (2017). On calibration of modern neural networks. ICML 34."
GOWER = "Gower, J. C. (1971). A general coefficient of similarity and some of its properties. Biometrics 27(4), 857-871."
ABADIE = "Abadie, A. and Imbens, G. W. (2011). Bias-corrected matching estimators for average treatment effects. Journal of Business and Economic Statistics 29(1), 1-11."  # noqa: E501
ROBINSON = "Robinson, P. M. (1988). Root-N-consistent semiparametric regression. Econometrica 56(4), 931-954."
CHERNOZHUKOV = "Chernozhukov, V., Chetverikov, D. et al. (2018). Double/debiased machine learning for treatment and structural parameters. Econometrics Journal 21(1), C1-C68."  # noqa: E501
ELTEREN = "Elteren, P. van (1960). On the combination of independent two sample tests of Wilcoxon. Bulletin of the International Statistical Institute 37, 351-361."  # noqa: E501
BRAAK = "Braak, C. J. F. ter (1992). Permutation versus bootstrap significance tests in multiple regression and ANOVA. In: Bootstrapping and Related Techniques, 79-85. Springer."  # noqa: E501
LOURIE = "Lourie, N., Cho, K. and He, H. (2023). Show your work with confidence: confidence bands for tuning curves. arXiv 2311.09480."  # noqa: E501
HUTTER = (
    "Hutter, F., Hoos, H. and Leyton-Brown, K. (2014). An efficient approach for assessing hyperparameter importance. ICML 31."
)
WATANABE = "Watanabe, S., Bansal, A. and Hutter, F. (2023). PED-ANOVA: efficiently quantifying hyperparameter importance in arbitrary subspaces. IJCAI 32."  # noqa: E501
CAVE = "Biedenkapp, A., Marben, J., Lindauer, M. and Hutter, F. (2018). CAVE: configuration assessment, visualization and evaluation. LION 12, LNCS 11353."  # noqa: E501
BIEDENKAPP = "Biedenkapp, A., Lindauer, M., Eggensperger, K. et al. (2017). Efficient parameter importance analysis via ablation with surrogates. AAAI 31."  # noqa: E501
ROBBINS = "Robbins, H. (1956). An empirical Bayes approach to statistics. Third Berkeley Symposium on Mathematical Statistics and Probability 1, 157-163."  # noqa: E501
TWEEDIE = "Efron, B. (2011). Tweedie's formula and selection bias. JASA 106(496), 1602-1614."
HAMPEL = "Hampel, F. R. (1974). The influence curve and its role in robust estimation. JASA 69(346), 383-393."
GASSER = "Gasser, T., Sroka, L. and Jennen-Steinmetz, C. (1986). Residual variance and residual pattern in nonlinear regression. Biometrika 73(3), 625-633."  # noqa: E501
SPEARMAN = "Spearman, C. (1904). The proof and measurement of association between two things. American Journal of Psychology 15(1), 72-101."  # noqa: E501
KENDALL = "Kendall, M. G. (1945). The treatment of ties in ranking problems. Biometrika 33(3), 239-251."
FIELLER = "Fieller, E. C., Hartley, H. O. and Pearson, E. S. (1957). Tests for rank correlation coefficients. Biometrika 44(3/4), 470-481."  # noqa: E501
JIANG = "Jiang, Y., Neyshabur, B., Mobahi, H. et al. (2020). Fantastic generalization measures and where to find them. ICLR 8."
GLOROT = "Glorot, X. and Bengio, Y. (2010). Understanding the difficulty of training deep feedforward neural networks. AISTATS 13, 249-256."  # noqa: E501
