# Rscript statistics.R > ../statistics/from_r.txt: what R's own t.test, the
# packages clubSandwich (0.5.8) and multtest (2.54.0) make of small data. A line
# a name: its numbers.
suppressPackageStartupMessages({library(clubSandwich); library(multtest)})

put <- function(name, numbers) {
  writeLines(paste(c(name, sprintf("%.15g", as.numeric(numbers))),
                   collapse = " "))
}

# The mean of items with CR2 and Satterthwaite's degrees of freedom.
item_weighted <- function(name, values, clusters) {
  clusters <- as.integer(factor(clusters))
  fit <- lm(values ~ 1)
  test <- coef_test(fit, vcov = "CR2", cluster = clusters,
                    test = "Satterthwaite")
  put(paste0(name, ".values"), values)
  put(paste0(name, ".clusters"), clusters)
  put(paste0(name, ".estimate"), c(test$beta, test$SE^2, test$df_Satt))
}

# A mean of clusters' means: estimate, limits, degrees of freedom.
t_of <- function(name, values, clusters) {
  means <- tapply(values, clusters, mean)
  test <- t.test(means)
  put(paste0(name, ".interval"), c(test$estimate, test$conf.int, test$parameter))
}

# (mean of a +- mean of b) / 2 by Welch's test.
welch <- function(name, a, b) {
  content <- t.test(a, -b)
  answer <- t.test(a, b)
  put(paste0(name, ".first"), a)
  put(paste0(name, ".second"), b)
  put(paste0(name, ".content"), c(content$conf.int / 2, content$parameter))
  put(paste0(name, ".answer"), c(answer$conf.int / 2, answer$parameter))
}

data(SATcoaching)
item_weighted("sat_coaching", SATcoaching$d, SATcoaching$study)
t_of("sat_coaching", SATcoaching$d, SATcoaching$study)
chicks <- ChickWeight[as.integer(as.character(ChickWeight$Chick)) %in%
                        c(1, 5, 8, 15, 16, 18, 20, 44), ]
item_weighted("chicks", chicks$weight, as.integer(as.character(chicks$Chick)))
t_of("chicks", chicks$weight, as.integer(as.character(chicks$Chick)))

# Student's sleep data: t.test's own documentation has these two.
drug <- split(sleep$extra, sleep$group)
welch("sleep", drug[[1]], drug[[2]])
paired <- t.test(drug[[1]], drug[[2]], paired = TRUE)
put("sleep.paired_answer", c(paired$estimate, paired$conf.int) / 2)
sum_of <- t.test((drug[[1]] + drug[[2]]) / 2)
put("sleep.paired_content", c(sum_of$estimate, sum_of$conf.int))
sprays <- split(InsectSprays$count, InsectSprays$spray)
welch("sprays", sprays$A[1:9], sprays$C[1:5])

# Clusters with both answers, with the first, with the second.
mixed <- data.frame(
  y = c(1.2, 0.3, 2.1, 0.8, 0.9, -0.4, 1.7, 1.1, 2.4, 0.2, 1.5, -0.7, 0.6),
  cluster = c(1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10),
  answer = c(1, -1, 1, -1, 1, -1, 1, 1, 1, -1, -1, -1, -1))
fit <- lm(y ~ 0 + a + b, data = transform(mixed, a = as.numeric(answer == 1),
                                          b = as.numeric(answer == -1)))
v <- as.matrix(vcovCR(fit, cluster = mixed$cluster, type = "CR2"))
put("mixed.values", mixed$y)
put("mixed.clusters", mixed$cluster)
put("mixed.answers", mixed$answer)
put("mixed.content", c(sum(coef(fit)) / 2, sum(v) / 4))
put("mixed.answer", c((coef(fit)[1] - coef(fit)[2]) / 2,
                      (v[1, 1] + v[2, 2] - 2 * v[1, 2]) / 4))

# Step-down maxima of paired t over all flips of 10 pairs' signs.
set.seed(1)
common <- rnorm(10)
differences <- t(sapply(c(0, 0.5, 1.2, 0, 0.9, 0.2), function(effect)
  round(0.6 * common + 0.8 * rnorm(10) + effect, 3)))
wide <- matrix(0, 6, 20)
wide[, seq(2, 20, 2)] <- differences
invisible(capture.output(
  of <- mt.maxT(wide, rep(0:1, 10), test = "pairt", side = "abs", B = 0)))
of <- of[order(of$index), ]
for (j in 1:6) put(paste0("family.", j), differences[j, ])
put("family.p", of$rawp)
put("family.adjusted", of$adjp)
