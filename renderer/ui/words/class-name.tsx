/** A class's name where room is scarce: cut with an ellipsis, complete on hover; names in any script keep their direction. */
export function ClassName({ name, width }: { name: string; width?: number }) {
  return (
    <bdi className="class-name" title={name} {...(width !== undefined && { style: { maxWidth: width } })}>
      {name}
    </bdi>
  );
}
