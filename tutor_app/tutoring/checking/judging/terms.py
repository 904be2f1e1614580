"""Terms of the subjects, so that one of them is never taken for another with a slip of spelling."""

from __future__ import annotations

_MATHEMATICS = """
qualitative quantitative continuous discontinuous discrete nominal ordinal interval ratio random stratified cluster
systematic convenience parameter statistic population sample mean median mode range variance deviation dependent
independent exclusive inclusive complement compliment symmetric asymmetric positive negative skewed uniform bimodal
unimodal multimodal normal binomial monomial trinomial polynomial rational irrational integer natural whole real
complex imaginary conjugate radical radicand exponent exponential logarithm logarithmic linear quadratic cubic quartic
quintic constant coefficient variable function relation domain codomain range inverse reverse converse contrapositive
identity conditional contradiction inconsistent consistent associative commutative distributive reflexive transitive
additive multiplicative addition subtraction multiplication division dividend divisor quotient remainder numerator
denominator sum difference product factor multiple prime composite even odd increasing decreasing concave convex
horizontal vertical parallel perpendicular parabola hyperbola ellipse circle vertex vertices focus foci directrix
asymptote intercept slope tangent cotangent secant cosecant sine cosine amplitude frequency period phase radian degree
radius radii diameter circumference perimeter area volume surface acute obtuse right straight reflex scalene isosceles
equilateral triangle rectangle square rhombus trapezoid parallelogram pentagon hexagon heptagon octagon permutation
combination probability hypothesis hypotenuse theoretical theorem experimental observational correlation causation
outlier quartile percentile interpolation extrapolation maximum minimum maxima minima local global absolute relative
converges diverges convergent divergent convergence divergence derivative integral integrand limit differentiable
integrable translation rotation reflection dilation compression stretch explicit implicit arithmetic geometric
harmonic recursive sequence series vector scalar matrix determinant transpose matrices simple compound interest
principal proportion percent decimal fraction
"""
_SCIENCE = """
acid base basic acidic neutral anion cation ion ionic covalent metallic metalloid nonmetal metal oxidation reduction
oxidized reduced oxidizing reducing oxidant reductant anode cathode endothermic exothermic exergonic endergonic solute
solvent solution saturated unsaturated supersaturated homogeneous heterogeneous mixture compound element isotope
isomer proton neutron electron positron photon nucleus nuclear alpha gamma fission fusion sublimation deposition
condensation evaporation vaporization freezing melting boiling solid liquid gas plasma enthalpy entropy kinetic
potential synthesis decomposition combustion precipitation displacement hydrolysis dehydration sulfate sulfite sulfide
nitrate nitrite nitride phosphate phosphite phosphide chlorate chlorite chloride carbonate carbide oxide hydroxide
peroxide alkane alkene alkyne alcohol aldehyde ketone ether ester amine amide hydrogen oxygen nitrogen fluorine
chlorine bromine iodine magnesium manganese potassium phosphorus calcium cadmium sodium silicon selenium strontium
titanium mitosis meiosis prophase metaphase anaphase telophase interphase haploid diploid gene genotype phenotype
allele dominant recessive homozygous heterozygous transcription translation replication nucleotide nucleoside adenine
guanine cytosine thymine uracil purine pyrimidine codon anticodon intron exon glucose galactose fructose sucrose
lactose lactase sucrase maltose maltase cellulose cellulase amylose amylase starch glycogen glucagon insulin autotroph
heterotroph prokaryote eukaryote prokaryotic eukaryotic hypertonic hypotonic isotonic osmosis diffusion phagocytosis
pinocytosis endocytosis exocytosis chloroplast chromoplast chromosome chromatid chromatin centriole centromere
centrosome lysosome ribosome peroxisome mitochondria cytoplasm nucleolus nucleoplasm artery arteriole vein venule
capillary afferent efferent abduction adduction systolic diastolic systole diastole bacteria virus archaea fungi
protista mutualism commensalism parasitism predation biotic abiotic velocity acceleration speed distance displacement
momentum inertia torque force friction pressure density reflection refraction diffraction transverse longitudinal
wavelength frequency amplitude crest trough resistance reactance current voltage capacitance inductance conductor
insulator concave convex
"""
TERMS = frozenset((_MATHEMATICS + _SCIENCE).split())
