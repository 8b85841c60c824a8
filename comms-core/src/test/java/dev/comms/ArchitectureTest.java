package dev.comms;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The packages form a line, and what is not ours stays inside. */
class ArchitectureTest {
  private static final String RESILIENCE = "io.github.resilience4j";

  private static final JavaClasses CORE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.comms");

  @Test
  void thePackagesFormALine() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("outbox")
        .definedBy("dev.comms.outbox")
        .layer("verbs")
        .definedBy("dev.comms")
        .layer("policy")
        .definedBy("dev.comms.policy")
        .layer("spi")
        .definedBy("dev.comms.spi")
        .layer("codec")
        .definedBy("dev.comms.codec")
        .layer("contract")
        .definedBy("dev.comms.contract")
        .whereLayer("outbox")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("verbs")
        .mayOnlyBeAccessedByLayers("outbox")
        .whereLayer("policy")
        .mayOnlyBeAccessedByLayers("verbs")
        .whereLayer("spi")
        .mayOnlyBeAccessedByLayers("outbox", "verbs", "policy")
        .whereLayer("codec")
        .mayNotBeAccessedByAnyLayer()
        .ensureAllClassesAreContainedInArchitecture()
        .check(CORE);
  }

  @Test
  void noPackagesDependOnEachOtherInACircle() {
    slices().matching("dev.(**)").should().beFreeOfCycles().check(CORE);
  }

  @Test
  void resilience4jIsUsedOnlyInsideThePolicies() {
    noClasses()
        .that(not(resideInAPackage("dev.comms.policy")))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(RESILIENCE + "..")
        .check(CORE);
  }

  @Test
  void noTypeOfResilience4jIsInAPublicSignature() {
    classes()
        .that()
        .resideInAPackage("dev.comms..")
        .should(new HaveNoForeignSignature())
        .check(CORE);
  }

  @Test
  void nobodyReadsJavasSerializedObjects() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.io.ObjectInputStream")
        .check(CORE);
  }

  @Test
  void onlyTheClockReadsTheSystemsTime() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("dev.comms.contract.SystemTime")
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(CORE);
  }

  @Test
  void everyPackageSaysWhatItIsAndThatNothingIsNullUnlessSaid() {
    TreeSet<String> packages =
        CORE.stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new));
    assertThat(packages).contains("dev.comms", "dev.comms.contract", "dev.comms.spi");
    for (String name : packages) {
      JavaPackage one = CORE.getPackage(name);
      assertThat(one.tryGetAnnotationOfType(NullMarked.class)).as(name).isPresent();
    }
  }

  /** What others can see of a class names nothing of Resilience4j. */
  private static final class HaveNoForeignSignature extends ArchCondition<JavaClass> {
    HaveNoForeignSignature() {
      super("name no type of Resilience4j where others can see it");
    }

    @Override
    public void check(JavaClass one, ConditionEvents events) {
      if (!visible(one.getModifiers())) {
        return;
      }
      Stream<JavaClass> fields =
          one.getFields().stream()
              .filter(field -> visible(field.getModifiers()))
              .map(field -> field.getRawType());
      Stream<JavaClass> code =
          one.getCodeUnits().stream()
              .filter(unit -> visible(unit.getModifiers()))
              .flatMap(
                  unit ->
                      Stream.concat(
                          Stream.of(unit.getRawReturnType()),
                          unit.getRawParameterTypes().stream()));
      List<String> foreign =
          Stream.concat(fields, code)
              .map(JavaClass::getName)
              .filter(name -> name.startsWith(RESILIENCE))
              .toList();
      if (!foreign.isEmpty()) {
        events.add(SimpleConditionEvent.violated(one, one.getName() + " shows " + foreign));
      }
    }

    private static boolean visible(java.util.Set<JavaModifier> modifiers) {
      return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }
  }
}
